"""Print the named packages of a lock file read from standard input, with their hashes."""

import re
import sys


def blocks(text):
    """Split a lock file into one block per package."""
    return re.findall(r"^[a-zA-Z0-9][^\n]*\n(?:[ \t]+[^\n]*\n)*", text, flags=re.M)


def name_of(block):
    return re.match(r"[A-Za-z0-9._-]+", block).group().lower()


if __name__ == "__main__":
    wanted = set(sys.argv[1:])
    sys.stdout.writelines(b for b in blocks(sys.stdin.read()) if name_of(b) in wanted)
