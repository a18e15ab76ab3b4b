"""The one worker: a plain loop that tells, invites, reminds, and does once a day what can wait."""
