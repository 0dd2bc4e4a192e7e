"""What can go wrong with an answer, besides what it raises itself."""


class Malformed(Exception):
    """The answer returned something other than the outputs that were asked for."""


class TimeUp(Exception):
    """The answer took longer than its check allows."""


class NotGraded(Exception):
    """The machine, not the answer, is why nothing can be said: it says what happened."""

