"""What is asked of content, style and total-variation losses."""
