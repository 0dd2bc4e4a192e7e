"""The sample world: pictures, captions, classes and a network, drawn and trained from seeds alone."""
