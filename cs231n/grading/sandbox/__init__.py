"""In what a student's code is shut in: the strongest layer that this machine has."""

