"""The one-minute check-in: by link, without an account, of one writer about one session.

Whatever the route, answers come in through one function. It keeps them, scores them, raises a flag
where a person must answer, and writes the audit line, in one transaction or not at all.
"""
