"""The reading: what the course so far says, of the relationship and of the outcome together."""
