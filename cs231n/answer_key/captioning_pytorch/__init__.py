"""Right and wrong answers to what is asked of the captioning model in PyTorch."""
