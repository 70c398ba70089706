"""What follows from the size of a table: steps, epochs, members and the lengths of embedded numbers.

Work is counted in rows and columns, never in seconds, so that a fit repeats byte for byte on any machine.
"""

from __future__ import annotations

_BATCHES = ((500, 32), (1_000, 64), (5_000, 128), (50_000, 256), (200_000, 1024))
_LARGEST_BATCH = 4096
_LEAST_OF_MANY = 1024
_ROWS_TRAINED = 4_000_000
_EMBEDDED_NUMBERS = 512


def batch_size_for(rows: int, of_batches: bool = False) -> int:
    """Rows of a batch by rows of the table: many steps on small ones, wide steps on large ones.

    Parameters
    ----------
    of_batches : bool
        Whether the loss is defined over many rows together: then a batch has at least 1,024.
    """
    size = next((size for most, size in _BATCHES if rows <= most), _LARGEST_BATCH)
    return max(size, _LEAST_OF_MANY) if of_batches else size


def epochs_for(rows: int, most: int = 60, least: int = 8) -> int:
    """Epochs by rows of the table: four million rows in all, between 8 and 60 times through.

    >>> epochs_for(1_000), epochs_for(100_000), epochs_for(1_000_000)
    (60, 40, 8)
    """
    return min(most, max(least, _ROWS_TRAINED // rows))


def members_for(rows: int, device: str) -> int:
    """TabM's members: 32 on a GPU; on a CPU, where each costs its share of the time, 16 or, as rows grow, fewer.

    >>> [members_for(rows, "cpu") for rows in (1_000, 100_000, 1_000_000)]
    [16, 8, 4]
    """
    if device == "cuda":
        return 32
    return next((members for most, members in ((20_000, 16), (200_000, 8)) if rows <= most), 4)


def number_width_for(numbers: int, members: bool = False) -> int:
    """The length of an embedded number: 512 inputs shared out, 256 where each counts once a member; 0 below 4 each.

    >>> [number_width_for(columns) for columns in (5, 40, 128, 300)], number_width_for(40, members=True)
    ([16, 12, 4, 0], 6)
    """
    inputs = _EMBEDDED_NUMBERS // 2 if members else _EMBEDDED_NUMBERS
    width = min(16, inputs // max(1, numbers))
    return width if width >= 4 else 0
