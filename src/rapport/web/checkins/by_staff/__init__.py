"""Check-ins that come in at the therapist's desk: their own mirror, and a form filled in on paper.

Both go in by the one action that every route takes, so that a risk answer on paper raises the same
flag as one on a phone.
"""
