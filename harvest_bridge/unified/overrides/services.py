"""Applying mappings to records, and changing them: the API and the admin both come here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog
from django.db import transaction

from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.models import HostApp
from harvest_bridge.unified.schema import Record

from . import events, queries
from .application import MAPPING_ERRORS, fill
from .compilation import NotCompiled, fields_read
from .errors import FieldNotMappable, MappingConflict, MappingInvalid, MappingsBusy, TooManyMappings
from .failures import BUSY, Owner
from .fields import CUSTOM_FIELDS, RESOURCES, STANDARD_FIELDS, can_be_mapped
from .limits import MAX_EXPRESSION_CHARACTERS, MAX_FIELDS_PER_LAYER
from .models import FieldMapping
from .queries import Layer

log = structlog.get_logger(__name__)


def apply(*, connection: Connection, resource: str, records: Sequence[Record]) -> None:
    """Fill in what this connection's mappings make of unified records.

    A field that cannot be mapped is empty and named in `mapping_errors`. Errors: HarvestMalformed.
    """
    expressions = queries.in_force(connection, resource) if records else {}
    if not expressions:
        return
    owner = Owner(str(connection.host_app_id), str(connection.pk))
    filled = fill(owner, resource, expressions, records)
    _log_failures(connection, resource, filled)


def set_mapping(
    *, layer: Layer, resource: str, field: str, expression: str, actor: str, based_on: int | None = None
) -> FieldMapping:
    """Map a field in one layer, from the next request on.

    `based_on` is the version that the author saw (0: none); with it, nobody's change in between is overwritten.
    Errors: FieldNotMappable, MappingInvalid, TooManyMappings, MappingConflict, MappingsBusy.
    """
    check_expression(layer=layer, resource=resource, field=field, expression=expression)
    return _add_version(layer, resource, field, expression, actor=actor, based_on=based_on)


def remove_mapping(*, layer: Layer, resource: str, field: str, actor: str) -> FieldMapping:
    """Give the field back to the layer below; the versions stay. Errors: NoSuchMapping."""
    check_field(resource, field)
    queries.current_of(layer, resource=resource, field=field)
    return _add_version(layer, resource, field, "", actor=actor)


def restore_version(
    *, layer: Layer, resource: str, field: str, version: int, actor: str, based_on: int | None = None
) -> FieldMapping:
    """Make an earlier version the current one again, as a new version. Errors: NoSuchMapping and as `set_mapping`."""
    row = queries.version_of(layer, resource=resource, field=field, version=version)
    if row.expression:
        check_expression(layer=layer, resource=resource, field=field, expression=row.expression)
    return _add_version(layer, resource, field, row.expression, actor=actor, based_on=based_on, restores=version)


def check_expression(*, layer: Layer, resource: str, field: str, expression: str) -> None:
    """Errors: FieldNotMappable, MappingInvalid naming field and position, MappingsBusy."""
    check_field(resource, field)
    name = f"{resource}.{field}"
    if not expression.strip() or len(expression) > MAX_EXPRESSION_CHARACTERS:
        raise MappingInvalid(f"{name}: write an expression of 1 to {MAX_EXPRESSION_CHARACTERS} characters.", field=name)
    try:
        fields_read(layer.owner, expression)
    except NotCompiled as error:
        failure = error.failure
        if failure is BUSY:
            raise MappingsBusy(failure.message, retry_after=1) from error
        where = "" if failure.position is None else f" (at character {failure.position})"
        raise MappingInvalid(f"{name}: {failure.message}{where}", field=name, position=failure.position) from error


def check_field(resource: str, field: str) -> None:
    """Errors: FieldNotMappable."""
    check_resource(resource)
    if not can_be_mapped(resource, field):
        known = ", ".join(sorted(STANDARD_FIELDS[resource]))
        raise FieldNotMappable(
            f"field: {field[:80]!r} of {resource} cannot be mapped; known are {known} and {CUSTOM_FIELDS}.<name>, "
            "a name being up to 63 letters, digits and underscores."
        )


def check_resource(resource: str) -> None:
    """Errors: FieldNotMappable."""
    if resource not in RESOURCES:
        raise FieldNotMappable(f"resource: mappings are for {' and '.join(RESOURCES)} (me is mapped as users).")


@transaction.atomic
def _add_version(
    layer: Layer,
    resource: str,
    field: str,
    expression: str,
    *,
    actor: str,
    based_on: int | None = None,
    restores: int | None = None,
) -> FieldMapping:
    # Changes to one host app's mappings take turns.
    HostApp.objects.select_for_update(no_key=True).get(pk=layer.host_app.pk)
    before = queries.versions_in(layer, resource=resource, field=field).first()
    latest = before.version if before else 0
    if based_on is not None and based_on != latest:
        raise MappingConflict(
            f"{resource}.{field} was changed by somebody else; it is at version {latest} now. "
            "Read it again, then save.",
            version=latest,
        )
    if before is not None and before.expression == expression:
        return before
    _check_room(layer, resource, field, expression)
    queries.versions_in(layer, resource=resource, field=field).update(is_current=False)
    return FieldMapping.objects.create(
        host_app=layer.host_app,
        connection=layer.connection,
        resource=resource,
        field=field,
        expression=expression,
        version=latest + 1,
        restores=restores,
        changed_by=actor[:255],
    )


def _check_room(layer: Layer, resource: str, field: str, expression: str) -> None:
    others = queries.current_in(layer).filter(resource=resource).exclude(field=field)
    if expression and others.count() >= MAX_FIELDS_PER_LAYER:
        raise TooManyMappings(f"{resource}: {MAX_FIELDS_PER_LAYER} fields are mapped already; remove one first.")


def _log_failures(connection: Connection, resource: str, filled: Sequence[dict[str, Any]]) -> None:
    """Counts by field and code; never a value, for those are people's data."""
    counts: dict[tuple[Any, Any], int] = {}
    for fields in filled:
        for error in fields.get(MAPPING_ERRORS, ()):
            key = (error["field"], error["code"])
            counts[key] = counts.get(key, 0) + 1
    for (field, code), count in counts.items():
        log.warning(
            "mapping_failed", connection=str(connection.pk), resource=resource, field=field, code=code, records=count
        )
        events.publish_failure(connection, resource=resource, field=field, code=code, records=count)
