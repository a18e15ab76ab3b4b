"""Reads the growth data sets as columns, with the standard library only."""

import csv

import numpy as np


def columns(path):
    """Every column of a CSV file as an array: numbers where all are numbers, empty = NaN."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: _numbers([row[name] for row in rows]) for name in rows[0]}


def _numbers(cells):
    try:
        return np.array([float(cell) if cell not in ("", "NA") else np.nan for cell in cells])
    except ValueError:
        return np.array(cells)
