"""Train held against test before any model: drift, adversarial validation, duplicates, order, single-column leaks."""
