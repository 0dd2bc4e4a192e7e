"""Numbers for how good captions and generated digits are; no plots."""
