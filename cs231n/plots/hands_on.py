"""Cells to play with: sliders, menus and buttons above a picture, which a saved page shows as it was at first."""

import base64
import html
import io
import math

import ipywidgets as widgets
import matplotlib.pyplot as plt
from IPython.display import display
from traitlets import Int

from cs231n.plots import theme

VIEW = 'application/vnd.jupyter.widget-view+json'
LAYOUT = {'style': {'description_width': 'initial'}, 'layout': widgets.Layout(width='24rem', max_width='100%')}


def slider(label, low, high, value, step=None, log=False):
    """Return a control that gives a number from low to high, a whole one if all three are whole.

    log: equal ways of the slider are equal factors. ValueError: value is not between low and high, or log from 0 on.
    """
    if not low <= value <= high:
        raise ValueError(f'slider: value must lie between {low} and {high}, got {value}')
    if log and low <= 0:
        raise ValueError(f'slider: low must be above 0 where log is set, got {low}')
    if log:
        start, end, here = map(math.log10, (low, high, value))
        return widgets.FloatLogSlider(value, min=start, max=end, step=step or _step(start, end, here),
                                      description=label, readout_format='.3g', **LAYOUT)
    if all(isinstance(number, int) for number in (low, high, value)):
        return widgets.IntSlider(value, low, high, step or 1, description=label, **LAYOUT)
    return widgets.FloatSlider(value, min=low, max=high, step=step or _step(low, high, value),
                               description=label, **LAYOUT)


def _step(low, high, value):
    """Return about a fiftieth of the way, such that `value` is a whole number of steps from low.

    Otherwise the browser moves it to the next step, and the live picture is not the one that was saved.
    """
    return (value - low) / max(1, round(50 * (value - low) / (high - low))) or (high - low) / 50


def choice(label, options):
    """Return a control that gives one of some options: a list, or a dictionary {what is read: what is given}."""
    if not options:
        raise ValueError(f'choice: options must hold at least one, got {options!r}')
    return widgets.Dropdown(options=options, description=label, **LAYOUT)


def button(label):
    """Return a control that gives how often it was pressed, such as the seed of a new draw."""
    counter = Counter(description=label)
    counter.on_click(lambda _: setattr(counter, 'value', counter.value + 1))
    return counter


class Counter(widgets.Button):
    """A button that counts in `value`."""

    value = Int()


class HandsOn(widgets.VBox):
    """The controls, the picture that they change and its words; `hands_on` makes and shows it.

    controls: {argument of draw: control}; picture: the widget with the bytes of a JPEG; words: the widget with what
    the picture shows, or with the error that `draw` raised.
    """

    def __init__(self, draw, controls):
        self.draw, self.controls = draw, controls
        self.picture, self.words = widgets.Image(format='jpeg'), widgets.HTML()
        self.picture.layout.max_width = '100%'
        row = widgets.Box([*controls.values()], layout=widgets.Layout(flex_flow='row wrap'))
        super().__init__([row, self.picture, self.words])
        self.alt = self.redraw()
        for control in controls.values():
            control.observe(self._changed, 'value')

    def redraw(self):
        """Show the picture for the controls as they stand; return what it shows in words."""
        with theme.caught() as shown:
            self.draw(**{name: control.value for name, control in self.controls.items()})
        if len(shown) != 1:
            raise ValueError(f'hands_on: draw must show one picture, by plots.theme.show, got {len(shown)}')
        (fig, alt), = shown
        stored = io.BytesIO()
        # Neither cut to its content, which would draw it twice, nor quantised: an answer has 0.3 seconds.
        fig.savefig(stored, format='jpeg', dpi=theme.DPI, facecolor='white', pil_kwargs={'quality': 88})
        plt.close(fig)
        self.picture.value, self.picture.width = stored.getvalue(), round(fig.get_figwidth() * theme.SCREEN_DPI)
        self.words.value = html.escape(alt)
        return alt

    def _changed(self, _):
        try:
            self.redraw()
        except Exception as error:  # nobody else would show it: the cell is long over
            self.words.value = f'<b>{type(error).__name__}</b>: {html.escape(str(error))}'


def hands_on(draw, **controls):
    """Show controls above the picture that `draw` makes of them; it is drawn anew whenever one changes.

        hands_on(lambda scale, again: vis.plot_norms(norms(scale, seed=again)),
                 scale=slider('scale of W_h', 0.5, 2, 1), again=button('draw again'))

    draw: a function of the controls' values that ends in one `plots.theme.show`, within 0.3 seconds: what takes longer
    is computed before. controls: a `slider`, `choice` or `button` for each of its arguments. A page without a kernel
    has the first picture. Returns nothing. ValueError: no controls, or `draw` shows none or several pictures.
    """
    if not controls:
        raise ValueError('hands_on: at least one control must be given, got none')
    box = HandsOn(draw, controls)
    told = 'controls: ' + ', '.join(control.description for control in controls.values())
    picture = base64.b64encode(box.picture.value).decode()
    data = {VIEW: box._repr_mimebundle_()[VIEW], 'image/jpeg': picture, 'text/plain': told}
    display(data, raw=True, metadata={'image/jpeg': {'alt': box.alt, 'width': int(box.picture.width)}})
