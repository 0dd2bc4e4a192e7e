"""What is asked of the captioning model in PyTorch, forward only."""
