"""What is asked of saliency, fooling images and class visualization."""
