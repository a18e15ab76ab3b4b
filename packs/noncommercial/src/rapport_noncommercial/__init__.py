"""Texts for non-commercial use only: one TOML file each, its terms beside it in rights/."""
