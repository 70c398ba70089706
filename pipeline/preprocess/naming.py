"""Names for the columns that preprocessing makes, clear of those that are there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def free(names: Sequence[str], taken: set[str], suffixes: Iterable[str] = ("",)) -> list[str]:
    """The names, all with as many underscores more as it takes for none of them to be taken; then they are.

    Parameters
    ----------
    names : sequence of str
        The wanted names.
    taken : set of str
        The names in use; the found ones, with each suffix, are added.
    suffixes : iterable of str
        What the names will be followed by.

    Examples
    --------
    >>> free(["a", "b"], {"a"})
    ['a_', 'b_']
    """
    ends, found = list(suffixes), list(names)
    while taken.intersection(f"{name}{end}" for name in found for end in ends):
        found = [f"{name}_" for name in found]
    taken.update(f"{name}{end}" for name in found for end in ends)
    return found
