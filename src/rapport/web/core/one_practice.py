"""SQLite holds one practice: there an index on the practice finds everything, and so misleads.

A planner without statistics takes that index to be as good as any other: the one link of a cookie
was looked for among all links of the practice. PostgreSQL, where several practices may share a
database and statistics are kept, has the index.
"""

from typing import Any

from django.db import connections
from django.db.models.signals import post_migrate

USELESS = """
SELECT found.name FROM sqlite_master AS made, pragma_index_list(made.name) AS found
WHERE made.type = 'table' AND found.origin = 'c'
  AND (SELECT group_concat(name) FROM pragma_index_info(found.name)) = 'practice_id'
"""


def drop_useless_indexes(using: str, **_: Any) -> None:
    """Drop every index on the practice alone, after each change of the database's shape."""
    if connections[using].vendor != "sqlite":
        return
    with connections[using].cursor() as cursor:
        for (name,) in cursor.execute(USELESS).fetchall():
            cursor.execute(f"DROP INDEX {connections[using].ops.quote_name(name)}")


post_migrate.connect(drop_useless_indexes, dispatch_uid="one practice")
