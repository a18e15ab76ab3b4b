"""Who saw and did what, and when: only ever added to, chained so that a change shows; ids only."""
