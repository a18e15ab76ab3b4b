"""Settings, addresses and what every page shares."""
