"""What every part stands on: the practice one is in, sealed values and their keys, errors."""
