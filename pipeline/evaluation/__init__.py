"""Tables that say how good predictions are: pure functions over out-of-fold predictions, one idea a file."""
