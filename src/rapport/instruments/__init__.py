"""One TOML file per questionnaire and its rights page; data, no code."""
