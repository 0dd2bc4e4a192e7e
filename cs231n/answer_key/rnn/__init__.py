"""Right and wrong answers to what is asked of the vanilla RNN, word embedding and temporal losses."""
