"""One fold's model, many folds side by side, and the search over settings: what ``tune`` and ``train`` share."""
