"""Who belongs to a case: its members with the safe way to reach them, what they or their guardians
agreed to, and the therapists who work in it. Everything here is asked in the name of one reader,
and what is not in a case of that reader is not there.
"""
