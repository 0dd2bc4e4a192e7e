"""What can go wrong with an answer, besides what it raises itself."""


class Malformed(Exception):
    """The answer returned something other than the outputs that were asked for."""


class Certain(Malformed):
    """The mistake itself was found, by trying what is right in its place: the message is told as a hint."""


class TimeUp(Exception):
    """The answer took longer than its check allows."""


class Partly(Exception):
    """The answer is right within limits that the message tells; `share` is what it still earns of the points."""

    def __init__(self, message: str, share: float) -> None:
        super().__init__(message)
        self.share = share


class NotGraded(Exception):
    """The machine, not the answer, is why nothing can be said: it says what happened."""
