"""What each task asks of a student: estimated minutes and difficulty, the one place where they stand."""

from typing import NamedTuple


class Task(NamedTuple):
    """An estimate for who has read the cells before it: minutes, and difficulty from 1 to 3."""

    minutes: int
    difficulty: int

    def signs(self) -> str:
        """Return the difficulty as it is shown: ●○○, ●●○ or ●●●."""
        return '●' * self.difficulty + '○' * (3 - self.difficulty)


LEGEND = '●○○ a line or two, once the idea is clear; ●●○ a few lines to think about; ●●● pen and paper first'
QUESTION = 15  # minutes for a question
QUESTION_POINTS = 2  # for a question, one for each line of its rubric
READING = 60  # minutes to read a notebook and to look at its pictures

TASKS = {  # by the name of the check
    'rnn_step_forward': Task(10, 1), 'rnn_step_backward': Task(40, 3),
    'rnn_forward': Task(15, 1), 'rnn_backward': Task(40, 3),
    'word_embedding_forward': Task(5, 1), 'word_embedding_backward': Task(20, 2),
    'CaptioningRNN.loss[rnn]': Task(60, 3), 'CaptioningRNN.sample[rnn]': Task(30, 2),
    'lstm_step_forward': Task(20, 2), 'lstm_step_backward': Task(60, 3),
    'lstm_forward': Task(10, 1), 'lstm_backward': Task(20, 2),
    'CaptioningRNN.loss[lstm]': Task(15, 1), 'CaptioningRNN.sample[lstm]': Task(15, 1),
    'next_scores': Task(20, 2), 'random_captions': Task(20, 2),
    'rnn_step_forward[pytorch]': Task(10, 1), 'rnn_forward[pytorch]': Task(15, 1),
    'word_embedding_forward[pytorch]': Task(5, 1),
    'CaptioningRNN.loss[rnn, pytorch]': Task(30, 2), 'CaptioningRNN.sample[rnn, pytorch]': Task(30, 2),
    'lstm_step_forward[pytorch]': Task(20, 2), 'lstm_forward[pytorch]': Task(10, 1),
    'CaptioningRNN.loss[lstm, pytorch]': Task(10, 1), 'CaptioningRNN.sample[lstm, pytorch]': Task(10, 1),
    'compute_saliency_maps': Task(30, 2), 'make_fooling_image': Task(30, 2),
    'class_visualization_update_step': Task(25, 2),
    'content_loss': Task(10, 1), 'gram_matrix': Task(20, 2), 'style_loss': Task(15, 1), 'tv_loss': Task(15, 2),
    'sample_noise': Task(5, 1), 'discriminator': Task(10, 1), 'generator': Task(10, 1),
    'bce_loss': Task(15, 2), 'discriminator_loss': Task(10, 1), 'generator_loss': Task(10, 1),
    'get_optimizer': Task(5, 1), 'ls_discriminator_loss': Task(10, 1), 'ls_generator_loss': Task(5, 1),
    'build_dc_classifier': Task(15, 2), 'build_dc_generator': Task(20, 2),
    'dot_product_attention_forward': Task(25, 2), 'dot_product_attention_backward': Task(50, 3),
    'attention_step_forward': Task(10, 1), 'attention_step_backward': Task(10, 1),
    'attention_forward': Task(15, 1), 'attention_backward': Task(40, 3),
    'attention_loss': Task(20, 2), 'attention_captions': Task(20, 2),
}
