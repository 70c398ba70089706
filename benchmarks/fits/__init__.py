"""``python -m benchmarks.fits``: each family's fit beside its bare library's, by rows: seconds, memory, growth."""
