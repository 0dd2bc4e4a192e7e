"""The checks of StyleTransfer: right texts pass, every known mistake is told by its own hint."""

import pytest

from cs231n.checks import check
from cs231n.checks.lessons.style_transfer.checks import CHECKS
from tests.support.written_answers import run

CONTENT = """
def content_loss(content_weight, content_current, content_original):
    d = content_current - content_original
    loss = content_weight * torch.sum(d ** 2)
    return loss
"""
GRAM = """
def gram_matrix(features, normalize=True):
    N, C, H, W = features.shape
    F = features.view(N, C, H * W)
    gram = torch.matmul(F, F.transpose(1, 2))
    if normalize:
        gram = gram / (C * H * W)
    return gram
"""
STYLE = GRAM + """

def style_loss(feats, style_layers, style_targets, style_weights):
    loss = 0
    for i in range(len(style_layers)):
        gram = gram_matrix(feats[style_layers[i]])
        d = gram - style_targets[i]
        loss = loss + style_weights[i] * torch.sum(d ** 2)
    return loss
"""
TV = """
def tv_loss(img, tv_weight):
    down = img[:, :, 1:, :] - img[:, :, :-1, :]
    right = img[:, :, :, 1:] - img[:, :, :, :-1]
    loss = tv_weight * (torch.sum(down ** 2) + torch.sum(right ** 2))
    return loss
"""
TEXTS = {'content_loss': CONTENT, 'gram_matrix': GRAM, 'style_loss': STYLE, 'tv_loss': TV}

SUM = 'torch.sum(d ** 2)'
SUMS = '(torch.sum(down ** 2) + torch.sum(right ** 2))'
SHAPE = 'F = features.view(N, C, H * W)'
PRODUCT = 'torch.matmul(F, F.transpose(1, 2))'
SCALE = '/ (C * H * W)'
TERM = 'style_weights[i] * ' + SUM
MISTAKES = {
    'content_loss': {
        'mean': [(SUM, 'torch.mean(d ** 2)')],
        'per_picture': [(SUM, SUM + ' / len(d)')],
        'per_pixel': [(SUM, SUM + ' / (d.shape[2] * d.shape[3])')],
        'no_weight': [('content_weight * ', '')],
        'weight_squared': [(SUM, 'torch.sum(content_weight * d ** 2)')],
        'root': [(SUM, 'torch.norm(d)')],
        'half': [(SUM, '0.5 * ' + SUM)],
        'absolute': [(SUM, 'torch.sum(torch.abs(d))')],
        'not_squared': [(SUM, 'torch.sum(d)')],
        'sum_squared': [(SUM, 'torch.sum(d) ** 2')],
        'no_gradient': [('content_current - ', 'content_current.data - ')],
    },
    'gram_matrix': {
        'one_picture_only': [(SHAPE, 'F = features.view(C, H * W)'), (PRODUCT, 'F.mm(F.t())')],
        'first_picture': [(SHAPE, 'F = features[0].view(C, H * W)'), (PRODUCT, 'F.mm(F.t())')],
        'batch_in_channels': [(SHAPE, 'F = features.view(N * C, H * W)'), (PRODUCT, 'F.mm(F.t())')],
        'batch_in_pixels': [(SHAPE, 'F = features.view(C, -1)'), (PRODUCT, 'F.mm(F.t())')],
        'batch_summed': [(PRODUCT, PRODUCT + '.sum(0)')],
        'by_pixels': [(SCALE, '/ (H * W)')],
        'by_channels': [(SCALE, '/ C')],
        'precedence': [(SCALE, '/ C * H * W')],
        'by_matrix': [(SCALE, '/ (C * C)')],
        'by_batch': [(SCALE, '/ (N * C * H * W)')],
        'never_normalized': [('if normalize', 'if False')],
        'always_normalized': [('if normalize', 'if True')],
        'pixels_by_pixels': [(PRODUCT, 'torch.matmul(F.transpose(1, 2), F)')],
        'viewed_as_rows': [(SHAPE, 'F = features.view(N, H * W, C).transpose(1, 2)')],
        'centred': [(SHAPE, SHAPE + '; F = F - F.mean(2, keepdim=True)')],
        'no_gradient': [(SHAPE, SHAPE + '.detach()')],
    },
    'style_loss': {
        'mean': [(SUM, 'torch.mean(d ** 2)')],
        'no_weight': [('style_weights[i] * ', '')],
        'last_weight': [('style_weights[i] * ', ''), ('return loss', 'return loss * style_weights[i]')],
        'first_weight': [('style_weights[i]', 'style_weights[0]')],
        'weight_squared': [(TERM, 'torch.sum((style_weights[i] * d) ** 2)')],
        'root': [(SUM, 'torch.norm(d)')],
        'half': [(SUM, SUM + ' / 2')],
        'absolute': [(SUM, 'd.abs().sum()')],
        'not_squared': [(SUM, 'd.sum()')],
        'sum_squared': [(SUM, 'd.sum() ** 2')],
        'averaged_over_layers': [('return loss', 'return loss / len(style_layers)')],
        'last_layer': [('loss + ', '')],
        'first_layer': [('    return loss', '        return loss')],
        'by_position': [('feats[style_layers[i]]', 'feats[i]')],
        'gram_not_normalized': [('gram_matrix(feats[style_layers[i]])', 'gram_matrix(feats[style_layers[i]], False)')],
        'no_gradient': [('return loss', 'return loss.item()')],
    },
    'tv_loss': {
        'mean': [(SUMS, '(torch.mean(down ** 2) + torch.mean(right ** 2))')],
        'per_pixel': [(SUMS, SUMS + ' / img.numel()')],
        'no_weight': [('tv_weight * ', '')],
        'weight_squared': [(SUMS, '(torch.sum(tv_weight * down ** 2) + torch.sum(tv_weight * right ** 2))')],
        'weight_once': [(SUMS, SUMS[1:-1])],
        'weight_second': [('tv_weight * ', ''), ('torch.sum(right', 'tv_weight * torch.sum(right')],
        'rows_twice': [('img[:, :, :, 1:] - img[:, :, :, :-1]', 'img[:, :, 1:] - img[:, :, :-1]')],
        'columns_twice': [('img[:, :, 1:, :] - img[:, :, :-1, :]', 'img[..., 1:] - img[..., :-1]')],
        'channels_for_rows': [('img[:, :, 1:, :] - img[:, :, :-1, :]', 'img[:, 1:] - img[:, :-1]')],
        'channels_for_columns': [('img[:, :, :, 1:] - img[:, :, :, :-1]', 'img[:, 1:] - img[:, :-1]')],
        'root': [(SUMS, 'torch.sqrt' + SUMS)],
        'half': [(SUMS, '0.5 * ' + SUMS)],
        'absolute': [('(down ** 2)', '(down.abs())'), ('(right ** 2)', '(right.abs())')],
        'sum_squared': [('(down ** 2)', '(down) ** 2'), ('(right ** 2)', '(right) ** 2')],
        'two_apart': [('1:, :] - img[:, :, :-1', '2:, :] - img[:, :, :-2'), ('1:] - img[:, :, :, :-1', '2:] - img[:,'
                                                                                                       ' :, :, :-2')],
        'isotropic': [(SUMS, 'torch.sqrt(down[..., :-1] ** 2 + right[:, :, :-1] ** 2).sum()')],
        'only_rows': [(' + torch.sum(right ** 2)', '')],
        'only_columns': [('torch.sum(down ** 2) + ', '')],
        'not_squared': [('(down ** 2)', '(down)'), ('(right ** 2)', '(right)')],
        'wraps_around': [('img[:, :, 1:, :] - img[:, :, :-1, :]', 'img - torch.roll(img, 1, 2)'),
                         ('img[:, :, :, 1:] - img[:, :, :, :-1]', 'img - torch.roll(img, 1, 3)')],
        'cropped': [('1:, :] - img[:, :, :-1, :]', '1:, :-1] - img[:, :, :-1, :-1]'),
                    (':, 1:] - img[:, :, :, :-1]', ':-1, 1:] - img[:, :, :-1, :-1]')],
        'across_channels': [('right ** 2))', 'right ** 2) + torch.sum((img[:, 1:] - img[:, :-1]) ** 2))')],
        'first_picture': [('down = ', 'img = img[:1]; down = ')],
        'no_gradient': [('down = ', 'img = img.data; down = ')],
    },
}
VARIANTS = {
    'content_pow': ('content_loss', [('d ** 2', 'd.pow(2)')]),
    'content_mse': ('content_loss', [(SUM, 'F.mse_loss(content_current, content_original, reduction="sum")')]),
    'content_one_entry': ('content_loss', [(SUM, SUM + '.reshape(1)')]),
    'content_norm': ('content_loss', [(SUM, 'torch.norm(d) ** 2')]),
    'gram_bmm': ('gram_matrix', [(PRODUCT, 'F.bmm(F.permute(0, 2, 1))')]),
    'gram_einsum': ('gram_matrix', [(PRODUCT, 'torch.einsum("ncp,ndp->ncd", F, F)')]),
    'gram_in_place': ('gram_matrix', [('gram = gram / (C * H * W)', 'gram /= C * H * W')]),
    'gram_loop': ('gram_matrix', [(PRODUCT, 'torch.stack([f.mm(f.t()) for f in F])')]),
    'gram_squeezed': ('gram_matrix', [('return gram', 'return gram.squeeze(0)')]),
    'gram_zeros': ('gram_matrix', [(PRODUCT, 'torch.zeros(N, C, C, dtype=F.dtype)\n    '
                                             'for n in range(N): gram[n] = F[n].mm(F[n].t())')]),
    'style_tensor': ('style_loss', [('loss = 0', 'loss = torch.zeros(1)')]),
    'style_clone': ('style_loss', [('feats[style_layers[i]])', 'feats[style_layers[i]].clone())')]),
    'style_plus': ('style_loss', [('loss = loss + ', 'loss += ')]),
    'tv_narrow': ('tv_loss', [('img[:, :, 1:, :]', 'img.narrow(2, 1, img.size(2) - 1)')]),
    'tv_diff': ('tv_loss', [('img[:, :, :, 1:] - img[:, :, :, :-1]', 'torch.diff(img, dim=3)')]),
    'tv_reversed': ('tv_loss', [('img[:, :, 1:, :] - img[:, :, :-1, :]', 'img[:, :, :-1, :] - img[:, :, 1:, :]')]),
    'tv_weights': ('tv_loss', [(SUMS, 'torch.sum(down ** 2) + tv_weight * torch.sum(right ** 2)')]),
}
ONE_PICTURE = ('content_loss', 'per_picture'), ('tv_loss', 'first_picture')  # the notebook has no more than one
GRAM_OF_SEVERAL = ('one_picture_only', 'first_picture', 'batch_in_channels', 'batch_in_pixels', 'batch_summed',
                   'by_batch')
BY_NAME = {one.name: one for one in CHECKS}


def written(name, edits=()):
    text = TEXTS[name]
    for old, new in edits:
        assert old in text, f'{name} has no {old!r}'
        text = text.replace(old, new)
    return run('import torch\nimport torch.nn.functional as F\n\n' + text, name)


@pytest.mark.parametrize('name', TEXTS)
def test_the_right_text_passes(name):
    result = check(written(name))
    assert result.passed and result.points == result.max_points == BY_NAME[name].points, result
    assert result.note is None


@pytest.mark.parametrize('name', TEXTS)
def test_the_package_passes(name):
    assert check(BY_NAME[name].function()).passed


@pytest.mark.parametrize('name, key', [(name, key) for name in MISTAKES for key in MISTAKES[name]])
def test_mistake_is_told_by_its_own_hint(name, key):
    result, hint = check(written(name, MISTAKES[name][key])), BY_NAME[name].hints[key]
    if (name, key) in ONE_PICTURE:
        assert result.passed and result.points == result.max_points and result.hint is None
        assert result.note == f'right with N = 1; with N > 1: {hint}', result
        return
    assert not result.passed and result.points == (3.2 if key in GRAM_OF_SEVERAL else 0)
    assert (result.hint, result.where) == (hint, None), result


@pytest.mark.parametrize('name', VARIANTS)
def test_a_valid_variant_passes(name):
    function, edits = VARIANTS[name]
    result = check(written(function, edits))
    assert result.passed and result.points == result.max_points, result
    assert result.hint is result.where is None


def test_every_mistake_has_a_hint_and_every_hint_a_mistake():
    assert {name: set(one.hints) for name, one in BY_NAME.items()} == {name: set(m) for name, m in MISTAKES.items()}
    assert sum(map(len, MISTAKES.values())) >= 15


def test_a_wrong_gram_matrix_is_fixed_before_the_style_loss():
    result = check(written('style_loss', [(SCALE, '/ (H * W)')]))
    assert not result.passed and 'fix gram_matrix first' in result.where, result


@pytest.mark.parametrize('edit', [('return gram', 'return gram.detach()'), ('if normalize', 'if False')])
def test_a_style_loss_is_not_told_the_mistake_of_its_gram_matrix(edit):
    result = check(written('style_loss', [edit]))
    assert result.hint is None and result.where.startswith('fix gram_matrix first: '), result


@pytest.mark.parametrize('name, edits, words', [
    ('content_loss', [('    return loss\n', '')], 'return statement'),
    ('tv_loss', [('    loss =', "    raise NotImplementedError('tv_loss')\n    loss =")], 'not implemented yet'),
    ('gram_matrix', [(SHAPE, 'F = features.view(N, C, H)')], 'RuntimeError'),
    ('tv_loss', [('tv_weight * ', '3 * ')], 'expected'),
])
def test_any_other_trouble_is_told(name, edits, words):
    result = check(written(name, edits))
    assert not result.passed and result.hint is None and words in result.where, result


@pytest.mark.parametrize('name, edit, kind', [
    ('content_loss', ('return loss', 'return [loss]'), 'list'),
    ('gram_matrix', ('return gram', 'return list(gram)'), 'list'),
    ('style_loss', ('return loss', 'return (loss,)'), 'tuple'),
    ('tv_loss', ('return loss', 'return loss, img'), 'tuple'),
])
def test_a_list_is_told_as_one(name, edit, kind):
    assert check(written(name, [edit])).where == f'it returns a {kind}, expected a tensor'


@pytest.mark.parametrize('edits, words', [
    ([(SHAPE, SHAPE + '; one(N)')], 'RuntimeError: my own bug'),
    ([(SHAPE, SHAPE + '\n    if N > 1: F = F + torch.zeros(99)')], 'RuntimeError: The size of tensor a'),
    ([(SHAPE, 'F = features.view(N, 3, 35)')], "RuntimeError: shape '[2, 3, 35]' is invalid"),
])
def test_trouble_with_several_pictures_is_not_always_that_they_are_several(edits, words):
    own = "def one(N):\n    if N > 1: raise RuntimeError('my own bug')\n\n\n"
    source = GRAM
    for old, new in edits:
        assert old in source
        source = source.replace(old, new)
    result = check(run('import torch\n\n\n' + own + source, 'gram_matrix'))
    assert result.hint is None and words in result.where, result


@pytest.mark.parametrize('shape, product', [
    ('F = features.reshape(C, H * W)', 'F @ F.t()'),
    ('F = features.squeeze(0).flatten(-2)', 'F.mm(F.transpose(-1, -2))'),
    ('F = features.squeeze(0).flatten(-2)', 'F @ F.t()'),
])
def test_a_reshape_for_one_picture_is_told_as_one(shape, product):
    result = check(written('gram_matrix', [(SHAPE, shape), (PRODUCT, product)]))
    assert result.hint == BY_NAME['gram_matrix'].hints['one_picture_only'], result


FLAT = [(SHAPE, 'F = features.view(C, H * W)'), (PRODUCT, 'F.mm(F.t())')]  # for one picture


def test_a_gram_matrix_for_one_picture_does_not_cost_the_style_loss():
    result = check(written('style_loss', FLAT))
    assert result.passed and result.points == 4 and result.hint is None
    hint = BY_NAME['gram_matrix'].hints['one_picture_only']
    assert result.note == f'right with N = 1; with N > 1: fix gram_matrix first: {hint}'


def test_a_style_loss_that_dies_in_its_own_gram_matrix_is_told_which_is_to_be_mended():
    result = check(written('style_loss', [(SHAPE, 'F = features.view(C, H)')]))
    assert result.where.startswith('fix gram_matrix first; here: RuntimeError: shape') and result.points == 0, result


@pytest.mark.parametrize('name, one, other', [
    ('gram_matrix', 'batch_in_pixels', 'by_batch'), ('gram_matrix', 'batch_in_channels', 'by_batch'),
    ('style_loss', 'mean', 'by_position'), ('content_loss', 'mean', 'no_gradient')])
def test_two_frequent_mistakes_at_once_are_both_told(name, one, other):
    result, hints = check(written(name, MISTAKES[name][one] + MISTAKES[name][other])), BY_NAME[name].hints
    assert result.hint == f'{hints[one]} Also: {hints[other]}' and result.where is None, result


def test_the_valid_variants_are_many():
    assert len(VARIANTS) >= 15
