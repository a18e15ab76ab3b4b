"""The arrangement of a case, everything around it but its reading: who belongs to it and how they
are reached, who works in it, when they meet, what is asked when, goals, how secrets are handled,
and the therapist's calendar. No answer of anybody stands on any of these pages.
"""
