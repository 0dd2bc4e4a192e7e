"""What all plots share."""

import pytest

from cs231n.plots import captioning, gans, network_visualization, style_transfer


@pytest.mark.parametrize('show, arguments, told', [
    (captioning.show_images, ([],), 'show_images: images'),
    (captioning.show_captions, ([], []), 'show_images: images'),
    (gans.show_images, ([],), 'show_images: images'),
    (gans.show_rows, ([], []), 'show_rows: rows'),
    (gans.show_rows, ([[]], ['none']), r'show_rows: rows\[0\]'),
    (network_visualization.show_pictures, ([], []), 'show_pictures: pictures'),
    (style_transfer.show_row, ([], []), 'show_row: pictures'),
])
def test_nothing_to_show_is_named(show, arguments, told):
    with pytest.raises(ValueError, match=f'{told} must hold at least one, got none'):
        show(*arguments)
