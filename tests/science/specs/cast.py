"""The demo's cast as courses: what each wrote on our own check-in, and their therapists' view."""

import csv
from importlib.resources import files

import numpy as np

from rapport.science.records.courses import courses_from_rows

FORM = "rapport-checkin-client"
TURNED = ("kept_back", "tension")  # scored as 4 minus the answer


def _rows(name):
    text = (files("rapport") / "files" / "demo" / name).read_text("utf-8")
    return csv.DictReader(text.splitlines())


def own_view():
    """Totals of 0 to 32, one missing answer makes a missing total."""
    totals = {}
    for row in _rows("cast_items.csv"):
        if row["respondent"] == "client" and row["instrument"].startswith("rapport-checkin"):
            worth = float(row["answer"]) if row["answer"] else np.nan
            key = (row["client"], float(row["session"]))
            totals[key] = totals.get(key, 0) + (4 - worth if row["item"] in TURNED else worth)
    return _courses(totals)


def therapists_view():
    """The therapist's own total under the client's name."""
    return _courses(
        {
            (row["client"], float(row["session"])): float(row["score"])
            for row in _rows("cast_scores.csv")
            if row["respondent"] == "therapist" and row["score"]
        }
    )


def _courses(scores):
    client, session = zip(*scores, strict=True)
    return courses_from_rows(client=client, session=session, score=list(scores.values()))
