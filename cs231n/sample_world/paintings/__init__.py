"""Paintings drawn by code, and the photographs that libraries bring along."""
