"""What each known mistake is told: {name of the check: {key of the mistake: one line}}.

A line says what went wrong and what is right. The wrong answers of the same keys are computed in slips.py.
"""

from . import captioning_hints, gan_hints, lstm_hints, network_hints, rnn_hints, sampling_hints, style_hints

HINTS = {name: hints
         for notebook in (rnn_hints, lstm_hints, captioning_hints, sampling_hints, network_hints, style_hints,
                          gan_hints)
         for name, hints in notebook.HINTS.items()}
