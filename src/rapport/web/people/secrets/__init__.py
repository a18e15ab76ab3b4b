"""What is done with secrets in a case of several: the practice writes it down, the case states one
kind, and each member accepts it before the first answer. A young person's own yes is asked the same
way. Nobody learns from here whether another member has accepted.
"""
