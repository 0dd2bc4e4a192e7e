"""Right and wrong answers to what is asked of saliency, fooling images and class visualization."""
