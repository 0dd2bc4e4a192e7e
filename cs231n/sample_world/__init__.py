"""Pictures, captions, digits and a network, drawn and trained from seeds; no loaders, no real data."""
