"""Submissions: the layout that the sample shows, the file in that layout, and the checks that any file must pass."""
