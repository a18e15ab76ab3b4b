"""Adds clients without end; says each one's id only after its transaction was kept."""

import os
import sys
from datetime import UTC, datetime


def main():
    """Work in the folder that the environment names, until somebody ends it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rapport.web.site.settings")
    import django

    django.setup()
    from rapport.web.audit.actions import SYSTEM
    from rapport.web.core.access import inside
    from rapport.web.people.actions import add_person
    from rapport.web.people.queries import practices

    at = datetime(2026, 7, 6, 9, 0, tzinfo=UTC)
    (practice,) = practices()
    with inside(practice):
        while True:
            added = add_person(name="New", language="en", zone="UTC", by=SYSTEM, at=at)
            sys.stdout.write(f"{added}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
