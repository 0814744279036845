"""Read-only views for BI on PostgreSQL: one per resource, typed, in the schema `harvest_bi` (docs/mirror.md).

A role sees the rows of the host app that `BiReader` gives it, and the owner of the tables sees all. Views are read with
their owner's rights, so no reader needs any right to a table of ours; `security_barrier` keeps conditions of a reader's
own from being asked about rows that are not its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from harvest_bridge.mirror.resources import BY_NAME

from .readable_json import as_jsonb
from .table_columns import COLUMNS, Column, Type

SCHEMA = "harvest_bi"
_DATE = r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"
_MOMENT = r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[T ]\d\d:\d\d:\d\d"
_NUMBER = "number"
# Whose rows, and what they are worth; these stand before the record's own columns.
_ABOUT = (
    "c.host_app_id",
    "c.tenant_id",
    "c.id AS integrated_account_id",
    "c.harvest_account_id",
    "c.harvest_account_name",
    "s.state AS stream_state",
    "s.as_of",
    "r.changed_at AS mirrored_at",
)
_OWNER = "(SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'mirror_record'::regclass)"


def statements() -> Iterator[str]:
    """Make the schema and every view, or make them anew."""
    yield f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"
    for resource in BY_NAME:
        yield f"DROP VIEW IF EXISTS {SCHEMA}.{resource}"
        yield view(resource)


def grant_statement(role: str) -> str:
    """`role` is one of `BiReader`, whose names are small letters, digits and underscores."""
    return f'GRANT SELECT ON ALL TABLES IN SCHEMA {SCHEMA} TO "{role}"'


def drop_statement() -> str:
    return f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"


def columns_of(resource: str) -> list[str]:
    """The names that a view has, for the documentation."""
    parent = [BY_NAME[resource].parent_field] if BY_NAME[resource].parent else []
    return [*(each.rpartition(" ")[2].rpartition(".")[2] for each in _ABOUT), *parent, *_names(resource)]


def view(resource: str) -> str:
    """`OFFSET 0` keeps PostgreSQL from parsing a record once for each of its columns."""
    parent = [f"r.parent_id AS {BY_NAME[resource].parent_field}"] if BY_NAME[resource].parent else []
    listed = ",\n  ".join([*_ABOUT, *parent, *(f"{_typed(column)} AS {column.name}" for column in COLUMNS[resource])])
    return f"""CREATE VIEW {SCHEMA}.{resource} WITH (security_barrier) AS
SELECT
  {listed}
FROM mirror_stream s
JOIN mirror_mirror m ON m.id = s.mirror_id
JOIN connections_connection c ON c.id = m.connection_id
JOIN mirror_record r ON r.stream_id = s.id
CROSS JOIN LATERAL (SELECT {as_jsonb("r.raw")} AS j OFFSET 0) x
WHERE s.resource = '{resource}' AND r.deleted_at IS NULL AND c.disconnected_at IS NULL
  AND (c.host_app_id IN (SELECT b.host_app_id FROM mirror_bireader b WHERE b.role = current_user)
       OR current_user = {_OWNER})"""  # noqa: S608 (names of ours alone)


def _names(resource: str) -> list[str]:
    return [column.name for column in COLUMNS[resource]]


def _typed(column: Column) -> str:
    """NULL for what contradicts its documented type: one odd record must not fail a query over all others."""
    *outer, last = column.path
    at = "j" + "".join(f"->'{key}'" for key in outer)
    value, text = f"{at}->'{last}'", f"{at}->>'{last}'"
    match column.type:
        case Type.INT:
            fits = f"jsonb_typeof({value}) = '{_NUMBER}' AND abs(({text})::numeric) < 9e18"
            return f"CASE WHEN {fits} THEN ({text})::numeric::bigint END"
        case Type.NUM:
            return f"CASE WHEN jsonb_typeof({value}) = '{_NUMBER}' THEN ({text})::numeric END"
        case Type.BOOL:
            return f"CASE WHEN jsonb_typeof({value}) = 'boolean' THEN ({text})::boolean END"
        case Type.DATE:
            return f"CASE WHEN {text} ~ '{_DATE}' THEN ({text})::date END"
        case Type.MOMENT:
            return f"CASE WHEN {text} ~ '{_MOMENT}' THEN ({text})::timestamptz END"
        case Type.JSON:
            return value
    return text
