"""Rows read and updated in plain SQL, for statements that come with every click.

To build a statement takes the ORM several times as long as the database takes for it. Here the columns of models are
looked up once, and values pass through the models' fields in both directions, so that what those check and convert
holds. Conditions are SQL with `%s` for their values. The connection is looked up once for a statement: Django's
`connection` does so anew for each attribute that a field asks it for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model

Read = Callable[[Any, Any], Any]


def select(model: type[Model], names: tuple[str, ...], where: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """These fields of the rows for which `where` holds, which may go on with an order."""
    database = _database()
    sql, readers = _selection(model, names, database.vendor)
    with database.cursor() as cursor:
        cursor.execute(f"{sql} WHERE {where}", values)
        found = cursor.fetchall()
    return [tuple([read(value, database) for read, value in zip(readers, row, strict=True)]) for row in found]


def insert(row: Model) -> None:
    """A new row. Nobody is told of it by signals. Errors: as `update`; IntegrityError."""
    database, key = _database(), row._meta.pk
    sql, fields = _insertion(type(row), is_key_given=row.pk is not None)
    values = [field.get_db_prep_save(field.pre_save(row, True), database) for field in fields]
    with database.cursor() as cursor:
        cursor.execute(sql, values)
        if key not in fields:
            (row.pk,) = cursor.fetchone()
    row._state.adding, row._state.db = False, database.alias


def update(model: type[Model], fields: Mapping[str, Any], where: str, values: Sequence[Any]) -> int:
    """How many rows were given these fields. Errors: those of the fields, such as ValueTooLarge."""
    database = _database()
    sql, given = _updating(model, fields, database)
    with database.cursor() as cursor:
        cursor.execute(f"{sql} WHERE {where}", [*given, *values])
        return int(cursor.rowcount)


def update_returning(
    model: type[Model], fields: Mapping[str, Any], where: str, values: Sequence[Any], *, returned: str
) -> list[Any]:
    """The same; of each of these rows the field `returned`. Errors: as `update`."""
    database = _database()
    sql, given = _updating(model, fields, database)
    read = _reader(model, returned)
    with database.cursor() as cursor:
        cursor.execute(f'{sql} WHERE {where} RETURNING "{_column(model, returned)}"', [*given, *values])
        return [read(value, database) for (value,) in cursor.fetchall()]


def moment(value: datetime) -> Any:
    """As a condition compares it."""
    return _database().ops.adapt_datetimefield_value(value)


def key(model: type[Model], value: Any) -> Any:
    """A primary key, as a condition compares it."""
    return model._meta.pk.get_db_prep_value(value, _database())


def _database() -> Any:
    """This thread's connection."""
    return connections[DEFAULT_DB_ALIAS]


@cache
def _field(model: type[Model], name: str) -> Any:
    return model._meta.get_field(name)


@cache
def _column(model: type[Model], name: str) -> str:
    return str(_field(model, name).column)


def _updating(model: type[Model], fields: Mapping[str, Any], database: Any) -> tuple[str, list[Any]]:
    listed = ", ".join([f'"{_column(model, name)}" = %s' for name in fields])
    given = [_field(model, name).get_db_prep_save(value, database) for name, value in fields.items()]
    return f'UPDATE "{model._meta.db_table}" SET {listed}', given  # noqa: S608


@cache
def _insertion(model: type[Model], *, is_key_given: bool) -> tuple[str, list[Any]]:
    """The statement gives the new key back where the database makes it."""
    key = model._meta.pk
    fields = [field for field in model._meta.concrete_fields if is_key_given or field is not key]
    columns, values = ", ".join(f'"{field.column}"' for field in fields), ", ".join("%s" for _ in fields)
    made = "" if is_key_given else f' RETURNING "{key.column}"'
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({values}){made}', fields  # noqa: S608


@cache
def _selection(model: type[Model], names: tuple[str, ...], vendor: str) -> tuple[str, list[Read]]:
    columns = ", ".join(f'"{_column(model, name)}"' for name in names)
    return f'SELECT {columns} FROM "{model._meta.db_table}"', [_reader(model, name) for name in names]  # noqa: S608


def _reader(model: type[Model], name: str) -> Read:
    """What Django does with a value of this field once the driver has given it."""
    column, database = _field(model, name).cached_col, _database()
    steps = [*database.ops.get_db_converters(column), *column.get_db_converters(database)]

    def read(value: Any, database: Any) -> Any:
        for step in steps:
            value = step(value, column, database)
        return value

    return read
