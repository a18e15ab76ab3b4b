"""The practice itself: its settings, and the numbers under which the log knows a client."""
