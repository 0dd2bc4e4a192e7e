"""Real data or the sample world: which there are, whether they are whole, how they are read; nothing is drawn here."""
