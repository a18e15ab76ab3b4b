"""Score whole tables of answers: millions of forms in seconds, every fault with its row.

A long table has one row per answer (client, session, instrument, item, answer), a wide table one
row per form with a column per item. The arithmetic is `rapport.science.scoring.score`.
"""

from rapport.files.answers.file import score_file
from rapport.files.answers.long import score_long
from rapport.files.answers.table import AnswerTable, read_answers, write_scores
from rapport.files.answers.wide import score_wide

__all__ = ["AnswerTable", "read_answers", "score_file", "score_long", "score_wide", "write_scores"]
