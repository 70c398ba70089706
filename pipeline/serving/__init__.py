"""What a run has learnt, applied to rows it has never seen."""
