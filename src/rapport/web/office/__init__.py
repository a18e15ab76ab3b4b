"""What whoever leads or keeps the practice does: staff, who answers when somebody may be at risk,
the practice's own settings, who saw and did what; and the front desk's day.

No page here shows an answer, a word or the name of a client, but for the front desk's list of who
comes when.
"""
