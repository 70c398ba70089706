"""Where a competition stands: what is up to date, what would run and why, and how long it took last time."""
