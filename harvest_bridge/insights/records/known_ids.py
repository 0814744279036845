"""Ids of Harvest in bodies: what the mirror does not know is refused, not kept for nobody."""

from __future__ import annotations

from collections.abc import Collection

from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.connections.models import Connection
from harvest_bridge.mirror.models import Record


def refuse_unknown_ids(connection: Connection, field: str, resource: str, ids: Collection[int]) -> None:
    """Deleted ones are known. Errors: InvalidRequest, naming the field."""
    rows = Record.objects.filter(mirror__connection=connection, stream__resource=resource, harvest_id__in=ids)
    missing = set(ids) - set(rows.values_list("harvest_id", flat=True))
    if missing:
        listed = ", ".join(map(str, sorted(missing)[:10]))
        raise InvalidRequest(f"{field}: the mirror of this account has no {resource} {listed}.")
