"""Mappings as they stand and as they were; every query names the host app."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection as database
from django.db.models import Q, QuerySet

from harvest_bridge.api import admissions
from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.models import HostApp

from .errors import NoSuchMapping
from .failures import Owner
from .layers import effective
from .models import FieldMapping


@dataclass(frozen=True)
class Layer:
    """Whose mappings: the host app's for all of its connections, or one connection's own."""

    host_app: HostApp
    connection: Connection | None = None

    @property
    def owner(self) -> Owner:
        return Owner(str(self.host_app.pk), str(self.connection.pk) if self.connection else "")

    @classmethod
    def of(cls, row: FieldMapping) -> Layer:
        return cls(row.host_app, row.connection)


def versions_in(layer: Layer, *, resource: str, field: str) -> QuerySet[FieldMapping]:
    """Every version of one field's mapping, newest first."""
    return _rows(layer).filter(resource=resource, field=field).order_by("-version")


def version_of(layer: Layer, *, resource: str, field: str, version: int) -> FieldMapping:
    """Errors: NoSuchMapping."""
    row = versions_in(layer, resource=resource, field=field).filter(version=version).first()
    if row is None:
        raise NoSuchMapping(f"{resource}.{field} has no version {version} here.")
    return row


def current_in(layer: Layer) -> QuerySet[FieldMapping]:
    """The layer's own mappings as they stand."""
    return _standing().filter(pk__in=_rows(layer).values("pk"))


def current_of(layer: Layer, *, resource: str, field: str) -> FieldMapping:
    """One field's mapping in one layer. Errors: NoSuchMapping."""
    row = current_in(layer).filter(resource=resource, field=field).first()
    if row is None:
        raise NoSuchMapping(f"{resource[:20]}.{field[:80]} is not mapped here.")
    return row


def current_for(connection: Connection) -> QuerySet[FieldMapping]:
    """The mappings of both layers that can bear on a connection."""
    layers = Q(connection=None) | Q(connection=connection)
    return _standing().filter(layers, host_app=connection.host_app_id)


def in_force(connection: Connection, resource: str) -> dict[str, str]:
    """The expression of each mapped field; a change holds from the next request on."""

    def find() -> dict[str, str]:
        rows = current_for(connection).filter(resource=resource).only("field", "expression", "connection_id")
        return {field: row.expression for field, row in effective(rows).items()}

    return admissions.remembered_of_connection(connection.pk, f"mappings of {resource}", find)


def version_in_force() -> str:
    """SQL for all mappings of a connection and its host app that hold."""
    table, row = FieldMapping._meta.db_table, "m.id, m.resource, m.field, m.expression"
    whole = f"md5(string_agg(ROW({row})::text, ',' ORDER BY m.id))"
    rows = whole if database.vendor == "postgresql" else f"group_concat({row.replace(', ', ' || ')})"
    return f"""(SELECT {rows} FROM {table} m
WHERE m.host_app_id = h.id AND m.is_current AND (m.connection_id IS NULL OR m.connection_id = c.id))"""  # noqa: S608


def _rows(layer: Layer) -> QuerySet[FieldMapping]:
    return FieldMapping.objects.filter(host_app=layer.host_app, connection=layer.connection)


def _standing() -> QuerySet[FieldMapping]:
    return FieldMapping.objects.filter(is_current=True).exclude(expression="")
