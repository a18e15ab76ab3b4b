"""The pages of a case's arrangement: translate in, one call, translate out."""
