"""Wrong answers: literal NumPy versions of the functions, in which `slip` names the one thing that is wrong.

Each function takes the slip and then the inputs of a check by name, and returns a tuple of outputs; with slip
None the outputs are right. What a slip is about is said by the hint of the same key in the checks.
"""

from .gan_slips import (
    bce_loss,
    build_dc_classifier,
    build_dc_generator,
    discriminator,
    discriminator_loss,
    generator,
    generator_loss,
    get_optimizer,
    ls_discriminator_loss,
    ls_generator_loss,
    sample_noise,
)
from .network_slips import (
    class_visualization_raw_step,
    class_visualization_update_step,
    compute_saliency_maps,
    make_fooling_image,
)
from .slips_lstm import lstm_backward, lstm_forward, lstm_step_backward, lstm_step_forward, sigmoid
from .slips_rnn import rnn_backward, rnn_forward, rnn_step_backward, rnn_step_forward
from .slips_sampling import next_scores, random_captions
from .slips_words import (
    captioning_loss,
    captioning_sample,
    temporal_softmax_loss,
    word_embedding_backward,
    word_embedding_forward,
)
from .style_slips import content_loss, gram_matrix, style_loss, tv_loss

__all__ = [
    'bce_loss',
    'build_dc_classifier',
    'build_dc_generator',
    'captioning_loss',
    'captioning_sample',
    'class_visualization_raw_step',
    'class_visualization_update_step',
    'compute_saliency_maps',
    'content_loss',
    'discriminator',
    'discriminator_loss',
    'generator',
    'generator_loss',
    'get_optimizer',
    'gram_matrix',
    'ls_discriminator_loss',
    'ls_generator_loss',
    'lstm_backward',
    'lstm_forward',
    'lstm_step_backward',
    'lstm_step_forward',
    'make_fooling_image',
    'next_scores',
    'random_captions',
    'rnn_backward',
    'rnn_forward',
    'rnn_step_backward',
    'rnn_step_forward',
    'sample_noise',
    'sigmoid',
    'style_loss',
    'temporal_softmax_loss',
    'tv_loss',
    'word_embedding_backward',
    'word_embedding_forward',
]
