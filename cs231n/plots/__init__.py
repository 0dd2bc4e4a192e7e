"""Every picture of the notebooks; nothing is computed here that is not drawn."""
