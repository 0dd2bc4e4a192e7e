"""What is asked of the vanilla RNN, word embedding and temporal losses."""
