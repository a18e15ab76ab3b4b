"""Keeping what was entrusted, and letting go of it: backups, restores, drills, forgetting.

A backup that nobody ever restored is a hope. So each is made whole or not at all, and every night
the newest one is restored in a place of its own and looked at.
"""
