"""What is asked of choosing words: next_scores and random_captions."""
