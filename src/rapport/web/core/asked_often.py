"""A query that is asked many times a second: its SQL is worked out once.

Django builds and compiles a query anew each time, which takes ten times as long as SQLite takes to
answer it. What is asked stays written as a query of Django's, and everything it keeps to, the
practice one is in first of all, holds here by the same code.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeAlias, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.base import ModelState
from django.db.models.expressions import Expression
from django.db.models.query import get_related_populators

from rapport.web.core.access import current_practice, inside
from rapport.web.core.statement import Statement, ask

Row = TypeVar("Row", bound=models.Model)
PRACTICE = "practice one is in"
Kind: TypeAlias = "models.Field[Any, Any] | AnyOf"


class Given(Expression):
    """A value that is not known before the query is asked."""

    def __init__(self, name: str, field: "models.Field[Any, Any]") -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:  # noqa: ARG002
        """Stand in for the value."""
        return "%s", [self]


class _AnyOfGiven(Given):
    """As many values as there are: one list, so that the SQL is the same for all lengths."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:  # noqa: ARG002
        """Stand in for a table with the values."""
        if connection.vendor == "sqlite":
            return "(SELECT value FROM json_each(%s))", [self]
        return f"(SELECT unnest(%s::{self.output_field.db_type(connection)}[]))", [self]


class AnyOf:
    """The kind of a value that is many of the same kind, for a filter that ends in ``__in``."""

    def __init__(self, field: "models.Field[Any, Any]") -> None:
        self.field = field


@dataclass(frozen=True, kw_only=True)
class _Compiled:
    statement: Statement
    params: Sequence[Any]
    converters: Sequence[tuple[int, Sequence[Callable[..., Any]], Any]]
    inside: bool  # whether it asks for what belongs to the practice one is in


@dataclass(frozen=True, kw_only=True)
class _Model:
    """How a row of a model is made from what was found."""

    model: type[models.Model]
    names: list[str]
    columns: slice
    related: Sequence[Any]


class _Often:
    """A query that is compiled when it is asked for the first time."""

    def __init__(self, build: Callable[..., "models.QuerySet[Any, Any]"], **given: Kind) -> None:
        self._build = build
        self._given = {name: _given(name, kind) for name, kind in given.items()}
        self._compiled: dict[str, _Compiled] = {}

    def _found(self, values: dict[str, Any], connection: Any) -> Iterator[list[Any]]:
        known = self._compiled.get(connection.vendor)
        if known is None:
            known = self._compiled[connection.vendor] = self._compile(connection)
        if known.inside:
            values[PRACTICE] = current_practice()
        found = ask(connection, known.statement, params_of(known.params, values, connection))
        if len(found) == 1:
            return iter([_converted(known, found[0], connection)])
        again: dict[tuple[int, Any], Any] = {}
        return (_converted_again(known, row, connection, again) for row in found)

    def _compile(self, connection: Any) -> _Compiled:
        with inside(Given(PRACTICE, models.UUIDField())):  # type: ignore[arg-type]
            query = self._build(**self._given).query
        compiler = query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        self._look_at(compiler, connection)
        converters = compiler.get_converters([column for column, *_ in compiler.select])
        return _Compiled(
            statement=Statement(sql),
            params=params,
            converters=[(place, *found) for place, found in converters.items()],
            inside=within_practice(params),
        )

    def _look_at(self, compiler: Any, connection: Any) -> None:
        """What else has to be known of a compiled query; nothing."""


class AskedOften(_Often, Generic[Row]):
    """Rows of a model with all their columns, and with those that ``select_related`` names.

    Args:
        build: gives the query; it gets every value by name, as something to filter by.
        given: the kind of each value, as a model's field; ``AnyOf`` one for a list of values.

    >>> links = AskedOften(  # doctest: +SKIP
    ...     lambda cookie: Link.objects.filter(cookie=cookie), cookie=models.CharField()
    ... )
    >>> links.first(cookie="...")  # doctest: +SKIP
    """

    def __init__(self, build: Callable[..., "models.QuerySet[Row]"], **given: Kind) -> None:
        super().__init__(build, **given)
        self._models: dict[str, _Model] = {}

    def all(self, **values: Any) -> list[Row]:
        """Ask, with these values, inside the practice one is in."""
        connection = connections[DEFAULT_DB_ALIAS]
        found = self._found(values, connection)
        known = self._models[connection.vendor]
        return [_row(known, row, connection) for row in found]

    def first(self, **values: Any) -> Row | None:
        """The first of them; None: there is none."""
        found = self.all(**values)
        return found[0] if found else None

    def _look_at(self, compiler: Any, connection: Any) -> None:
        info, select = compiler.klass_info, compiler.select
        places = info["select_fields"]
        columns = slice(places[0], places[-1] + 1)
        self._models[connection.vendor] = _Model(
            model=info["model"],
            names=[column.target.attname for column, *_ in select[columns]],
            columns=columns,
            related=get_related_populators(info, select, connection.alias),  # type: ignore[call-arg]
        )


class ColumnsAskedOften(_Often):
    """Single columns of many rows, in the order in which ``values_list`` names them.

    >>> numbers = ColumnsAskedOften(  # doctest: +SKIP
    ...     lambda case: Session.objects.filter(case_id=case).values_list("number", "state"),
    ...     case=models.UUIDField(),
    ... )
    >>> numbers.all(case=...)  # doctest: +SKIP
    """

    def all(self, **values: Any) -> list[list[Any]]:
        """Ask, with these values, inside the practice one is in."""
        return list(self._found(values, connections[DEFAULT_DB_ALIAS]))

    def first(self, **values: Any) -> list[Any] | None:
        """The first row of them; None: there is none."""
        return next(iter(self.all(**values)), None)


def within_practice(params: Sequence[Any]) -> bool:
    """Whether a statement keeps to the practice one is in."""
    return any(isinstance(one, Given) and one.name == PRACTICE for one in params)


def params_of(params: Sequence[Any], values: dict[str, Any], connection: Any) -> list[Any]:
    """What stands in each place of a statement, as the database takes it."""
    return [
        _as_the_database_takes_it(param, values[param.name], connection)
        if isinstance(param, Given)
        else param
        for param in params
    ]


def _as_the_database_takes_it(given: Given, value: Any, connection: Any) -> Any:
    prepared = given.output_field.get_db_prep_value
    if not isinstance(given, _AnyOfGiven):
        return prepared(value, connection)
    many = [prepared(one, connection) for one in value]
    return json.dumps(many) if connection.vendor == "sqlite" else many


def _given(name: str, kind: Kind) -> Given:
    return _AnyOfGiven(name, kind.field) if isinstance(kind, AnyOf) else Given(name, kind)


def _converted(known: _Compiled, found: Sequence[Any], connection: Any) -> list[Any]:
    """A row as Python knows it."""
    row = list(found)
    for place, converters, column in known.converters:
        for convert in converters:
            row[place] = convert(row[place], column, connection)
    return row


def _converted_again(
    known: _Compiled, found: Sequence[Any], connection: Any, again: dict[tuple[int, Any], Any]
) -> list[Any]:
    """The same of one of many; an id or a moment that stands in many rows is made once."""
    row = list(found)
    for place, converters, column in known.converters:
        key = (place, row[place])
        if key in again:
            row[place] = again[key]
            continue
        for convert in converters:
            row[place] = convert(row[place], column, connection)
        if isinstance(row[place], UUID | datetime):
            again[key] = row[place]
    return row


def _row(known: _Model, row: list[Any], connection: Any) -> Any:
    made = _made(known.model, known.names, row[known.columns], connection.alias)
    for related in known.related:
        _join(related, row, made)
    return made


def _made(model: type[models.Model], names: Sequence[str], values: Sequence[Any], db: str) -> Any:
    """A row as it is kept: what ``from_db`` gives, without its way through each field's setter."""
    made = model.__new__(model)
    made._state = state = ModelState()
    state.adding, state.db = False, db
    made.__dict__.update(zip(names, values, strict=True))
    return made


def _join(related: Any, row: Sequence[Any], made: Any) -> None:
    """Put a row that came along where it belongs, as Django's populator does."""
    values = row[related.cols_start : related.cols_end]
    there = None
    if values[related.pk_idx] is not None:
        there = _made(related.model_cls, related.init_list, values, related.db)
        for further in related.related_populators:
            _join(further, row, there)
        related.remote_setter(there, made)
    related.local_setter(made, there)
