"""Layers, models, data and checks of the five notebooks of CS231n assignment 3."""

