"""Handwriting-like digits from pen strokes, and a network that reads digits."""
