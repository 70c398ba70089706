"""Neural networks for tables: the modules, the tables on a device, the training. The only place that imports torch."""
