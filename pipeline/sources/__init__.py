"""Where raw files come from: archives, data sets with a made hold-out, Kaggle, and patience with the network."""
