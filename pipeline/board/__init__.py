"""The board of a run: which stage is at work, how far it is, what it found, and how long the rest will take."""
