"""What is asked of attention: layers, and the captioning model that looks."""
