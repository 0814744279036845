"""A mirror at work in a test's own thread, at a time of the test's own, and what it should hold."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.utils import timezone

from harvest_bridge.connections.models import Connection
from harvest_bridge.mirror import claims, services
from harvest_bridge.mirror.harvest_calls import HarvestCalls, Send
from harvest_bridge.mirror.models import Mirror, Record, Stream
from harvest_bridge.mirror.resources import BY_NAME, RESOURCES
from harvest_bridge.mirror.sync_runner import SyncRunner
from harvest_bridge.sandbox.testing import RunningSandbox

from .model_harvest import RESOURCES as MODELLED

PLAIN = [row.name for row in RESOURCES if not row.parent]
WANTED = [*MODELLED, "invoice_payments"]


class Syncing:
    """Works on one mirror until nothing is due; `later` moves its clock. `send` is a way to Harvest."""

    def __init__(self, connection: Connection, send: Send | None = None, **schedule: Any) -> None:
        self.connection = connection
        self.send = send
        self.mirror = services.begin(connection, **schedule)
        self._ahead = timedelta()
        self._at: datetime | None = None

    def now(self) -> datetime:
        """Stands still while it works, so that a slow machine makes nothing due again."""
        return self._at or timezone.now() + self._ahead

    def later(self, **time: float) -> Syncing:
        self._ahead += timedelta(**time)
        return self

    def work(self) -> None:
        """Errors: Killed."""
        self._at = self.now()
        try:
            self._work()
        finally:
            self._at = None

    def _work(self) -> None:
        Mirror.objects.filter(pk=self.mirror.pk).update(due_at=self.now(), worker="", heartbeat_at=None)
        mirror = claims.claim(claims.worker_name(), now=self.now())
        assert mirror is not None
        harvest = (
            HarvestCalls(mirror.connection) if self.send is None else HarvestCalls(mirror.connection, send=self.send)
        )
        SyncRunner(mirror, harvest, clock=self.now, is_over=lambda: False).run()

    def stream(self, resource: str) -> Stream:
        return Stream.objects.get(mirror=self.mirror, resource=resource)

    def record(self, resource: str, harvest_id: int) -> Record:
        return Record.objects.get(stream=self.stream(resource), harvest_id=harvest_id)

    @property
    def position(self) -> int:
        return Mirror.objects.values_list("last_position", flat=True).get(pk=self.mirror.pk)

    def held(self, resource: str) -> dict[int, Any]:
        """The live records by id."""
        rows = Record.objects.filter(stream__mirror=self.mirror, stream__resource=resource, deleted_at=None)
        return {row.harvest_id: msgspec.json.decode(row.raw) for row in rows}


def everything(
    sandbox: RunningSandbox, resource: str, who: str = "admin", parent_id: int | None = None
) -> dict[int, Any]:
    """The same as Harvest lists it to this person now."""
    row, found, page = BY_NAME[resource], {}, 1
    path = row.path.format(parent_id=parent_id)
    while True:
        answer = sandbox.get(path, who, params={"per_page": 500, "page": page}).json()
        if row.is_single:
            return {1: answer}
        found.update({one[row.id_field]: one for one in answer[row.list_key]})
        if not (answer.get("links") or {}).get("next"):
            return found
        page += 1
