"""Trains the weights that come with the sample world; nothing that loads or draws. Not given to students."""
