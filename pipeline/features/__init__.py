"""The feature builders, one idea a file. None of them ever sees the target.

Every builder is fitted on the rows in scope and keeps what it learnt in ``state``, plain dicts, lists and arrays, so
that new rows can be transformed later. ``recipe`` runs them in their order.
"""
