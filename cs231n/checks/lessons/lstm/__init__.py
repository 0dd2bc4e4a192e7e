"""What is asked of the LSTM."""
