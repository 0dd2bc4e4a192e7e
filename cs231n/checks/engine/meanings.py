"""What the messages of Python, NumPy and PyTorch mean in the functions of the assignment."""

import re

GPU = ('the code asks for a GPU, by .cuda() or a torch.cuda type, and none is here: take dtype and device from the'
       ' inputs')
PRODUCT = ('the inner sizes of a matrix product differ: write down both shapes, and see whether the order is wrong, or'
           ' which of the two has to be transposed')
FEWER_AXES = ('there are fewer axes than the index asks for: a squeeze() also takes away the axis of a minibatch with'
              ' N = 1; name the axis, as in squeeze(1)')
ENTRIES = ('a reshape keeps the number of entries: is the axis of the minibatch, N, left out or a size fixed by a'
           ' number?')
UNEQUAL = 'the shapes differ, and are neither equal nor 1 where they stand one below the other'
NOTHING = 'a value is None: what should have computed it is not written, returns nothing, or stands in another branch'
ARGUMENTS = 'the call and the def line differ in the number of arguments'
TYPES = 'numbers of 32 and of 64 bits meet: make new tensors with the dtype of the inputs, as torch.ones_like(x) does'

# (what the message says, what it means), the first that fits counts.
MEANINGS = (
    (r'NVIDIA driver|not compiled with CUDA|type torch\.cuda|CUDA (error|driver)|No CUDA', GPU),
    (r'same dtype|scalar type|Found dtype|cast to the desired', TYPES),
    (r'[Ii]ndex tensor must have the same number of dimensions', 'gather takes one index a row: y.view(-1, 1), then'
                                                                ' squeeze(1)'),
    (r'shapes .* not aligned|matmul: |mat1 and mat2|size mismatch, m1|inconsistent tensor size|'
     r'Expected size for first two dimensions|must be a matrix|expects a tensor with <= 2', PRODUCT),
    (r'could not be broadcast together|must match the size of tensor|broadcastable|operands could not', UNEQUAL),
    (r'could not broadcast input array|shape mismatch: value array|expanded size of the tensor',
     'what is written into an array has another shape than its place there'),
    (r'cannot reshape array|is invalid for input of size', ENTRIES),
    (r'view size is not compatible', 'view() needs entries side by side in memory: use reshape()'),
    (r'Mismatch in shape: grad_output.* and output\[0\] has a shape of torch.Size\(\[\d',
     'backward() was given a gradient of another shape than the scores have: torch.ones_like(scores) fits any N, and'
     ' scores.sum().backward() needs no gradient'),
    (r'Mismatch in shape: grad_output',
     'backward() was given a gradient of another shape than the scores have: with N = 1 a squeeze() takes the axis of'
     ' the minibatch away; squeeze(1) keeps it, and scores.sum().backward() needs no gradient'),
    (r'tuple index out of range|Dimension out of range|too many indices|dimension specified as|'
     r'only be converted|0-d tensor|out of bounds for array of dimension',
     FEWER_AXES),
    (r'out of bounds|list index out of range',
     'the index is not below the size of this axis: does it count another one?'),
    (r'not enough values to unpack', 'fewer values come than there are names on the left: compare them one by one'),
    (r'too many values to unpack', 'more values come than there are names on the left, as from a function that also'
                                   ' returns a cache, or from x.shape with one axis more'),
    (r"'NoneType'|NoneType object", NOTHING),
    (r'referenced before assignment|not associated with a value',
     'it is used before a line gives it a value: that line stands in a branch or a loop that was not run'),
    (r"name '\w+' is not defined",
     'the module has no such name: it is misspelled, stands in the notebook only, or its import is missing'),
    (r'used as indices must be|only integers, slices|Expected dtype int\S+ for index|expected index to be|'
     r'tensors used as indices', 'indices, such as words and labels, are whole numbers'),
    (r'setting an array element with a sequence|inhomogeneous',
     'one place gets a whole array, or rows of unequal length are made into one array'),
    (r"axes don't match|axes must match|permute\(sparse_coo\)|number of dimensions in the tensor input does not match",
     'the transposition names another number of axes than there are'),
    (r'must have same number of dimensions|for the concatenation axis|Sizes of tensors must match|stack expects each',
     'what is joined must have the same shape in all other axes'),
    (r'unexpected keyword', 'no argument goes by this name: help() of what is called lists those that it has'),
    (r'missing \d+ required positional|positional arguments? but|multiple values for argument', ARGUMENTS),
    (r'does not result in an equal division', 'np.split cuts along axis 0, the minibatch, unless it is told another'
                                              ' one: axis=1 for the gates'),
    (r'object is not iterable|is not an iterator', 'many things are expected here, and this is a single one: the'
                                                   ' parameters of a model are model.parameters()'),
    (r"'(float|int|numpy\.\w+)' object is not (subscriptable|iterable)",
     'one number stands where several are expected, as in betas=(0.5, 0.999)'),
    (r"'(tuple|list|dict|float|int)' object (has no|is not|does not)",
     'this is another type than the line expects: does a function return several values, in a tuple?'),
    (r'Target size .* (must be the same|is different)|same as input size',
     'the labels need the shape of the scores: torch.ones_like(scores)'),
    (r'[Ee]xpected 4D input|[Ee]xpected 4-dimensional',
     'BatchNorm2d and convolutions take (N, C, H, W): behind a linear layer it is BatchNorm1d, or Unflatten'
     ' comes first'),
    (r'[Ee]xpected 2D|[Ee]xpected 3D', 'BatchNorm1d takes (N, features): behind a convolution it is BatchNorm2d'),
    (r'running_mean should contain|to have \d+ channels|to have \d+ elements',
     'a layer is made for another number of features or channels than the one before gives'),
    (r'does not require grad', 'no gradient is recorded: call requires_grad_() before the forward pass, and cut nothing'
                               ' off by detach(), .data or no_grad()'),
    (r'requires_grad|that requires grad\. Use',
     'autograd and this line do not fit: no gradient is recorded, or one is where none may be; see detach(),'
     ' requires_grad_() and torch.no_grad()'),
    (r'implicitly created only for scalar', 'backward() starts from one number: add up the scores of the right'
                                            ' classes'),
    (r'leaf Variable|leaf variable', 'autograd watches this leaf: write img.data += step, or img += step'
                                     ' within torch.no_grad()'),
    (r'through the graph a second time', 'the graph is used up: every step needs a forward pass, its own model(X)'),
    (r'elements cannot be converted to Scalar|only one element|size-1 arrays|only length-1|only 0-dim',
     'one number is expected, and here are several: sum them, or pick one'),
    (r'truth value|Boolean value of Tensor', 'an array is no condition: compare single numbers, or use any() or all()'),
    (r'No module named|cannot import name', 'the package has no such module or name: write it into the file, or import'
                                            ' what the starter code has'),
)


def meaning(error: BaseException, message: str) -> str:
    """Return what the message of an error means; '' if that is not known."""
    if isinstance(error, KeyError) and message:
        return 'the dictionary has no such key'
    return next((meaning for pattern, meaning in MEANINGS if re.search(pattern, message)), '')
