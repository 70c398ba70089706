"""Two runs of one competition held against each other: what was declared, what it was made of, how well it scored."""
