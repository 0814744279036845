"""One real record of a connection, to try a mapping on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from harvest_bridge.api.errors import NotFound
from harvest_bridge.connections import calls
from harvest_bridge.connections.models import Connection
from harvest_bridge.harvest.operations.ids import record_id as _id_in
from harvest_bridge.harvest.operations.raw import get_raw, list_raw
from harvest_bridge.unified.mapping import around_of, unified_role, unified_user

from .failures import Owner
from .fields import CUSTOM_FIELDS, is_custom
from .mapped import MAPPING_ERRORS, Record, mapped


def sample(connection: Connection, *, resource: str, record_id: str = "") -> tuple[Record, Record]:
    """The unified record before any mapping, and Harvest's own; without an id, the linker or the first role.

    Errors: NotFound where the account has no role; those of `calls.send`.
    """
    around, send = around_of(connection), partial(calls.send, connection)
    if resource == "users":
        person = send(get_raw(f"/v2/users/{_id_in(record_id)}" if record_id else "/v2/users/me"))
        return unified_user(person, around), person
    if record_id:
        role = send(get_raw(f"/v2/roles/{_id_in(record_id)}"))
    else:
        roles = send(list_raw("/v2/roles", "roles", per_page=1)).items
        if not roles:
            raise NotFound("This Harvest account has no roles to try a mapping on.")
        role = roles[0]
    return unified_role(role, around), role


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One field of one record, to try expressions on."""

    owner: Owner
    resource: str
    field: str
    record: tuple[Record, Record]

    def of(self, expression: str) -> dict[str, Any]:
        """Shape: `{"before": the built-in value, "after": the mapped one, "errors": as in `mapping_errors`}`."""
        (answer,) = mapped(self.owner, self.resource, {self.field: expression}, [self.record])
        after = answer[CUSTOM_FIELDS][self.field.partition(".")[2]] if is_custom(self.field) else answer[self.field]
        return {"before": self.record[0].get(self.field), "after": after, "errors": answer.get(MAPPING_ERRORS, [])}
