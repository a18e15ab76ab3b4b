"""The meetings of a case: planned, moved, held with who came, called off, missed, and a wrong mark
taken back. Every change carries the version that was seen.
"""
