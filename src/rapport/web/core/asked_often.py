"""A query that is asked many times a second: its SQL is worked out once.

Django builds and compiles a query anew each time, which takes ten times as long as SQLite takes to
answer it. What is asked stays written as a query of Django's, and everything it keeps to, the
practice one is in first of all, holds here by the same code.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.base import ModelState
from django.db.models.expressions import Expression
from django.db.models.query import get_related_populators

from rapport.web.core.access import current_practice, inside
from rapport.web.core.statement import Statement, ask

Row = TypeVar("Row", bound=models.Model)
PRACTICE = "practice one is in"


class Given(Expression):
    """A value that is not known before the query is asked."""

    def __init__(self, name: str, field: "models.Field[Any, Any]") -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:  # noqa: ARG002
        """Stand in for the value."""
        return "%s", [self]


@dataclass(frozen=True, kw_only=True)
class _Compiled:
    statement: Statement
    params: Sequence[Any]
    converters: Sequence[tuple[int, Sequence[Callable[..., Any]], Any]]
    model: type[models.Model]
    names: list[str]
    columns: slice
    related: Sequence[Any]
    inside: bool  # whether it asks for what belongs to the practice one is in


class AskedOften(Generic[Row]):
    """Rows of a model with all their columns, and with those that ``select_related`` names.

    Args:
        build: gives the query; it gets every value by name, as something to filter by.
        given: the kind of each value, as a model's field.

    >>> links = AskedOften(  # doctest: +SKIP
    ...     lambda cookie: Link.objects.filter(cookie=cookie), cookie=models.CharField()
    ... )
    >>> links.first(cookie="...")  # doctest: +SKIP
    """

    def __init__(
        self, build: Callable[..., "models.QuerySet[Row]"], **given: "models.Field[Any, Any]"
    ) -> None:
        self._build = build
        self._given = {name: Given(name, field) for name, field in given.items()}
        self._compiled: dict[str, _Compiled] = {}

    def all(self, **values: Any) -> list[Row]:
        """Ask, with these values, inside the practice one is in."""
        connection = connections[DEFAULT_DB_ALIAS]
        known = self._compiled.get(connection.vendor)
        if known is None:
            known = self._compiled[connection.vendor] = self._compile(connection)
        if known.inside:
            values[PRACTICE] = current_practice()
        given = params_of(known.params, values, connection)
        return [_row(known, row, connection) for row in ask(connection, known.statement, given)]

    def first(self, **values: Any) -> Row | None:
        """The first of them; None: there is none."""
        found = self.all(**values)
        return found[0] if found else None

    def _compile(self, connection: Any) -> _Compiled:
        with inside(Given(PRACTICE, models.UUIDField())):  # type: ignore[arg-type]
            query = self._build(**self._given).query
        compiler = query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        info, select = compiler.klass_info, compiler.select
        places = info["select_fields"]
        columns = slice(places[0], places[-1] + 1)
        converters = compiler.get_converters([column for column, *_ in select])
        return _Compiled(
            statement=Statement(sql),
            params=params,
            converters=[(place, *found) for place, found in converters.items()],
            model=info["model"],
            names=[column.target.attname for column, *_ in select[columns]],
            columns=columns,
            inside=within_practice(params),
            related=get_related_populators(info, select, connection.alias),  # type: ignore[call-arg]
        )


def within_practice(params: Sequence[Any]) -> bool:
    """Whether a statement keeps to the practice one is in."""
    return any(isinstance(one, Given) and one.name == PRACTICE for one in params)


def params_of(params: Sequence[Any], values: dict[str, Any], connection: Any) -> list[Any]:
    """What stands in each place of a statement, as the database takes it."""
    return [
        param.output_field.get_db_prep_value(values[param.name], connection)
        if isinstance(param, Given)
        else param
        for param in params
    ]


def _row(known: _Compiled, found: Sequence[Any], connection: Any) -> Any:
    row = list(found)
    for place, converters, column in known.converters:
        for convert in converters:
            row[place] = convert(row[place], column, connection)
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
