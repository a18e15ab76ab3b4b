"""A change that is made many times a second: its SQL is worked out once (see asked_often)."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.sql import UpdateQuery

from rapport.web.core.access import current_practice, inside
from rapport.web.core.asked_often import PRACTICE, Given, params_of, within_practice
from rapport.web.core.statement import Statement, change, change_many


class ChangedOften:
    """Change rows of a model, as ``update`` of Django's would.

    Args:
        build: gives the rows; it gets every value by name, as something to filter by.
        sets: gives the new values by field, in the same way.
        given: the kind of each value, as a model's field.

    >>> end_links = ChangedOften(  # doctest: +SKIP
    ...     lambda occasion, at: Link.objects.filter(occasion_id=occasion),
    ...     lambda occasion, at: {"ended_at": at},
    ...     occasion=models.UUIDField(), at=models.DateTimeField(),
    ... )
    >>> end_links(occasion=..., at=...)  # doctest: +SKIP
    """

    def __init__(
        self,
        build: Callable[..., "models.QuerySet[Any]"],
        sets: Callable[..., Mapping[str, Any]],
        **given: "models.Field[Any, Any]",
    ) -> None:
        self._build, self._sets = build, sets
        self._given = {name: Given(name, field) for name, field in given.items()}
        self._compiled: dict[str, tuple[Statement, Sequence[Any], bool]] = {}

    def __call__(self, **values: Any) -> int:
        """Change them, with these values, inside the practice one is in; gives how many."""
        connection = connections[DEFAULT_DB_ALIAS]
        known = self._compiled.get(connection.vendor)
        if known is None:
            known = self._compiled[connection.vendor] = self._compile(connection)
        statement, params, keeps_inside = known
        if keeps_inside:
            values[PRACTICE] = current_practice()
        return change(connection, statement, params_of(params, values, connection))

    def _compile(self, connection: Any) -> tuple[Statement, Sequence[Any], bool]:
        with inside(Given(PRACTICE, models.UUIDField())):  # type: ignore[arg-type]
            query = cast("UpdateQuery", self._build(**self._given).query.chain(UpdateQuery))
        query.add_update_values(dict(self._sets(**self._given)))
        sql, params = query.get_compiler(connection=connection).as_sql()
        return Statement(sql), params, within_practice(params)


def insert(rows: Sequence[models.Model]) -> None:
    """Insert new rows of one model, exactly as they are; a number of the database's own is its own.

    One statement, prepared once: Django's own way for many rows composes each of them anew, which
    takes twice as long.
    """
    if not rows:
        return
    database = connections[DEFAULT_DB_ALIAS]
    into, fields = _into(type(rows[0]), database.vendor)
    values = [
        [field.get_db_prep_save(getattr(row, field.attname), database) for field in fields]
        for row in rows
    ]
    if len(values) == 1:
        change(database, into, values[0])
    else:
        change_many(database, into, values)


@lru_cache(maxsize=128)
def _into(model: type[models.Model], vendor: str) -> tuple[Statement, Sequence[Any]]:  # noqa: ARG001
    name = connections[DEFAULT_DB_ALIAS].ops.quote_name
    fields = [f for f in model._meta.concrete_fields if not isinstance(f, models.AutoField)]
    columns = ", ".join(name(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    into = f"INSERT INTO {name(model._meta.db_table)} ({columns}) VALUES ({places})"
    return Statement(into), fields
