"""Right and wrong answers to what is asked of content, style and total-variation losses."""
