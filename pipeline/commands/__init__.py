"""What ``python -m pipeline`` knows, by group: each module is a Typer application that the command line takes in."""
