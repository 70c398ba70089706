"""Plotly figures, one idea a file: tables in, a figure out."""
