"""Right and wrong answers to what is asked of attention."""
