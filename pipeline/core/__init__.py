"""The ground floor: errors, paths, tables, seeds, device, screen. It imports nothing of the floors above."""
