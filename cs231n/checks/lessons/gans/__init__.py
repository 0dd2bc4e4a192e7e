"""What is asked of the GANs."""
