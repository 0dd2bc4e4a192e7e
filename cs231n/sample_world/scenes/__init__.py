"""Picture-book scenes: things, places, their captions and the truth about both."""
