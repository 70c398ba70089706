"""The steps of ``clean``, one idea a file: declared names, target, joins, inference of types, rules, alignment."""
