"""What the assignment consists of."""

# The notebooks in their order, and the lessons that each asks about: folders in checks/lessons/ and in the answer key.
NOTEBOOKS = {
    'RNN': ('rnn', 'captioning'),
    'LSTM': ('lstm', 'captioning', 'decoding'),
    'NetworkVisualization': ('network_visualization',),
    'StyleTransfer': ('style_transfer',),
    'GANs': ('gans',),
}
