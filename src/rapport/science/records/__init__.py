"""The nouns: scales, courses of therapy, and results that can explain themselves."""
