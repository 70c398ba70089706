"""The steps of ``python -m pipeline new``: files to frames, frames to guesses, guesses to a declaration."""
