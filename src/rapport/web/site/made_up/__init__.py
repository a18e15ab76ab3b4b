"""People who don't exist, for the demo, for measurements and for tests. Never beside real ones."""
