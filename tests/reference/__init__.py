"""Slow, literal versions that the fast code is held to, and the checks every layer goes through."""
