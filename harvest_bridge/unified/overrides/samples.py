"""One real record of a connection, to try a mapping on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harvest_bridge.api.errors import NotFound
from harvest_bridge.connections import calls
from harvest_bridge.connections.models import Connection
from harvest_bridge.harvest.operations.ids import record_id as harvest_id
from harvest_bridge.harvest.operations.raw import get_raw, list_raw
from harvest_bridge.unified import services
from harvest_bridge.unified.harvest_records import RemoteRole, reader
from harvest_bridge.unified.mapping import mapping_context_of
from harvest_bridge.unified.resources import ME, RESOURCES, USERS, Resource

from .application import MAPPING_ERRORS, Json, mapped
from .expression_input import as_json
from .failures import Owner
from .fields import CUSTOM_FIELDS, is_custom

_role = reader(RemoteRole)


def sample(connection: Connection, *, resource: str, record_id: str = "") -> Json:
    """The unified record before any mapping, with Harvest's own; without an id, the linker or the first role.

    Errors: NotFound where the account has no role; those of `calls.send`.
    """
    row = RESOURCES[resource]
    raw = calls.send(connection, get_raw(_path(row, connection, record_id)))
    [record] = as_json(services.built_in(row, [raw], mapping_context_of(connection)))
    return record


def _path(row: Resource, connection: Connection, wanted: str) -> str:
    if wanted:
        return f"{row.path}/{harvest_id(wanted)}"
    if row is USERS:
        return ME.path
    first = calls.send(connection, list_raw(row.path, row.key, None, per_page=1)).items
    if not first:
        raise NotFound(f"This Harvest account has no {row.name} to try a mapping on.")
    return f"{row.path}/{_role(first[0]).id}"


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One field of one record, to try expressions on."""

    owner: Owner
    resource: str
    field: str
    record: Json

    def of(self, expression: str) -> dict[str, Any]:
        """Shape: `{"before": the built-in value, "after": the mapped one, "errors": as in `mapping_errors`}`."""
        (answer,) = mapped(self.owner, self.resource, {self.field: expression}, [self.record])
        after = answer[CUSTOM_FIELDS][self.field.partition(".")[2]] if is_custom(self.field) else answer[self.field]
        return {"before": self.record.get(self.field), "after": after, "errors": answer.get(MAPPING_ERRORS, [])}
