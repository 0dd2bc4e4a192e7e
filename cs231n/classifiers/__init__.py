"""Models that the notebooks train."""

