"""Django's SQLite backend with one addition: writers of one process come one after the other."""
