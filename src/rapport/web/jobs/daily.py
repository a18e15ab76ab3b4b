"""What is done once a day, at night in the practice's zone.

A job is a function that takes the moment. Others add theirs here by name; each has to be safe to do
twice, since a worker that ends in the middle leaves it to the next. Jobs run beside the loop, so a
long one holds up no message.
"""

from rapport.web.jobs.actions import Job

DAILY: list[Job] = []
