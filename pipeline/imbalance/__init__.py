"""Oversampling, measured: what each way of treating rare classes does to each kind of model, on the same folds."""
