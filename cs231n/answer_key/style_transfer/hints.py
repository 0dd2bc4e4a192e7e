"""What each known mistake in the notebook StyleTransfer is told."""

NO_GRADIENT = 'no gradient flows: no .data, detach(), item() or NumPy on the way.'
CONTENT_HINTS = {
    'mean': 'this is the mean over all entries: sum the squares.',
    'per_picture': 'the loss is divided by N: sum over everything.',
    'per_pixel': 'the loss is divided by the number of pixels: sum over everything.',
    'no_weight': 'content_weight is left out.',
    'weight_squared': 'content_weight is squared: multiply the sum of squares by it once.',
    'root': 'the square root is too much: w times the sum of squares.',
    'half': 'the factor 1/2 of the paper is not in this loss: w times the sum of squares.',
    'absolute': 'absolute differences are summed: square them.',
    'not_squared': 'the differences are not squared.',
    'sum_squared': 'the sum is squared: square each difference, then sum.',
    'no_gradient': NO_GRADIENT,
}
GRAM_HINTS = {
    'one_picture_only': 'right for one picture, but N > 1 fails: keep N in front, features.reshape(N, C, H * W).',
    'first_picture': 'only the first picture has a Gram matrix: return (N, C, C).',
    'batch_in_channels': 'the pictures are mixed into the channels: reshape to (N, C, H * W), not to (N * C, H * W).',
    'batch_in_pixels': 'reshaping to (C, N * H * W) mixes up the pictures: reshape to (N, C, H * W).',
    'batch_summed': 'the pictures are added up: each keeps a Gram matrix of its own, (N, C, C).',
    'by_pixels': 'divided by H · W: the normaliser is C · H · W.',
    'by_channels': 'divided by C: the normaliser is C · H · W.',
    'precedence': 'gram / C * H * W divides by C alone and multiplies by H · W: write gram / (C * H * W).',
    'by_matrix': 'divided by C · C, the entries of the matrix: the normaliser is C · H · W.',
    'by_batch': 'divided by N · C · H · W: the normaliser is C · H · W, whatever N is.',
    'never_normalized': 'normalize has no effect: if it is True, divide by C · H · W.',
    'always_normalized': 'normalize=False must leave out the division.',
    'pixels_by_pixels': 'these are products of pixels: F Fᵀ, not Fᵀ F, so that the matrix is C by C.',
    'viewed_as_rows': 'a reshape to (N, H * W, C) does not move the axes: reshape to (N, C, H * W), then transpose.',
    'centred': 'the mean of each channel is subtracted: the Gram matrix takes the features as they are.',
    'no_gradient': NO_GRADIENT,
}
STYLE_HINTS = {
    'mean': 'this is the mean over the entries of the Gram matrix: sum the squares.',
    'no_weight': 'style_weights are left out.',
    'last_weight': 'all layers get the last weight: multiply inside the loop, style_weights[i] belongs to'
                   ' style_layers[i].',
    'first_weight': 'all layers get the first weight: style_weights[i] belongs to style_layers[i].',
    'weight_squared': 'the weights are squared: multiply each sum of squares by its weight once.',
    'root': 'the square root is too much: w times the sum of squares.',
    'half': 'a factor 1/2 is too much: w times the sum of squares.',
    'absolute': 'absolute differences are summed: square them.',
    'not_squared': 'the differences are not squared.',
    'sum_squared': 'the sum is squared: square each difference, then sum.',
    'averaged_over_layers': 'the loss is averaged over the layers: sum them.',
    'last_layer': 'only the last layer counts: the loss is overwritten, add up with +=.',
    'first_layer': 'only the first layer counts: the return stands inside the loop.',
    'by_position': 'feats[i] is the wrong layer: the current features are feats[style_layers[i]].',
    'gram_not_normalized': 'the Gram matrix is not normalised: the targets were made with normalize=True.',
    'no_gradient': NO_GRADIENT,
}
TV_HINTS = {
    'mean': 'these are means: sum the squares.',
    'per_pixel': 'the loss is divided by the number of entries: sum the squares.',
    'no_weight': 'tv_weight is left out.',
    'weight_squared': 'tv_weight is squared: multiply by it once.',
    'weight_once': 'tv_weight multiplies only one of the two sums, that over neighbours one above the other.',
    'weight_second': 'tv_weight multiplies only one of the two sums, that over neighbours side by side.',
    'rows_twice': 'neighbours one above the other count twice, those side by side not at all: W is the last axis.',
    'columns_twice': 'neighbours side by side count twice, those one above the other not at all: H is axis 2.',
    'channels_for_rows': 'axis 1 is sliced, the channels: neighbours one above the other lie along H, axis 2.',
    'channels_for_columns': 'axis 1 is sliced, the channels: neighbours side by side lie along W, axis 3.',
    'root': 'the square root is too much: w times the sum of squares.',
    'half': 'a factor 1/2 is too much: w times the sum of squares.',
    'absolute': 'absolute differences are summed: square them.',
    'not_squared': 'the differences are not squared.',
    'sum_squared': 'the sums are squared: square each difference, then sum.',
    'two_apart': 'pixels two apart are compared: neighbours are one apart, img[:, :, 1:] and img[:, :, :-1].',
    'isotropic': 'a root is taken at each pixel, before the sum: this loss is w times the sum of the squares.',
    'only_rows': 'only neighbours one above the other are compared: add those side by side.',
    'only_columns': 'only neighbours side by side are compared: add those one above the other.',
    'wraps_around': 'roll compares the last row with the first: the edges have no neighbour there; use slices.',
    'cropped': 'the differences in the last row and the last column are missing: slice one axis only for each.',
    'across_channels': 'red is compared with green: neighbours lie along H and W only.',
    'first_picture': 'only the first picture counts: sum over N too.',
    'no_gradient': NO_GRADIENT,
}

SCALES = ('mean', 'half', 'root'), ('absolute', 'not_squared'), ('no_weight', 'weight_squared')
STAGES = {  # mistakes of which those of two stages are often made together
    'content_loss': (*SCALES, ('no_gradient',)),
    'gram_matrix': (('batch_in_channels', 'batch_in_pixels', 'batch_summed'),
                    ('always_normalized',), ('by_batch', 'by_pixels', 'by_channels', 'never_normalized',
                                             'precedence', 'by_matrix')),
    'style_loss': (*SCALES, ('no_gradient', 'by_position', 'last_layer', 'first_layer')),
    'tv_loss': (*SCALES, ('no_gradient', 'first_picture', 'wraps_around', 'cropped', 'only_rows', 'only_columns')),
}

HINTS = {
    'content_loss': CONTENT_HINTS,
    'gram_matrix': GRAM_HINTS,
    'style_loss': STYLE_HINTS,
    'tv_loss': TV_HINTS,
}
