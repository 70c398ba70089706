"""The parts of ``plan``: each stage's spec and each model's, out of one declaration."""
