"""A mirror whose rows a test writes itself, through the mirror's own writing."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.utils import timezone

from harvest_bridge.connections.models import Connection
from harvest_bridge.mirror.columns import seen
from harvest_bridge.mirror.models import Cause, Mirror, Record, Stream, StreamState
from harvest_bridge.mirror.numbering import numbering
from harvest_bridge.mirror.resources import BY_NAME, RESOURCES
from harvest_bridge.mirror.tombstones import bury
from harvest_bridge.mirror.writing import StreamTarget, write

Json = dict[str, Any]


class Mirrored:
    """Every stream is complete as of `as_of` until `say` says otherwise."""

    def __init__(self, connection: Connection, *, currency: str = "EUR") -> None:
        self.connection = connection
        self.as_of: datetime = timezone.now() - timedelta(minutes=1)
        self.mirror = Mirror.objects.create(connection=connection)
        Stream.objects.bulk_create(
            Stream(mirror=self.mirror, resource=row.name, state=StreamState.COMPLETE, reason="", as_of=self.as_of)
            for row in RESOURCES
        )
        Stream.objects.filter(mirror=self.mirror).update(swept_at=self.as_of)
        self._ids = itertools.count(1)
        self.put("company", {"name": "Acme", "currency": currency, "weekly_capacity": 126000})

    def say(self, resource: str, state: str, reason: str = "", needs: str = "") -> None:
        Stream.objects.filter(mirror=self.mirror, resource=resource).update(state=state, reason=reason, needs=needs)

    def put(self, resource: str, *records: Json) -> None:
        """New, or changed."""
        target = self._target(resource)
        rows = [seen(target.resource, msgspec.Raw(json.dumps(one).encode())) for one in records]
        write(target, rows, read_at=timezone.now())

    def delete(self, resource: str, *ids: int) -> None:
        target = self._target(resource)
        gone = list(Record.objects.filter(stream=target.stream, harvest_id__in=ids))
        with numbering(self.mirror.pk) as numbers:
            bury(target, gone, numbers, cause=Cause.DELETED, read_at=timezone.now())

    def next_id(self) -> int:
        return next(self._ids)

    def raw(self, resource: str, harvest_id: int) -> Json:
        stream = self._target(resource).stream
        found: Json = json.loads(Record.objects.get(stream=stream, harvest_id=harvest_id).raw)
        return found

    def listed(self, resource: str) -> Iterable[Json]:
        rows: Sequence[Record] = Record.objects.filter(stream=self._target(resource).stream, deleted_at=None)
        return [json.loads(row.raw) for row in rows]

    def _target(self, resource: str) -> StreamTarget:
        stream = Stream.objects.get(mirror=self.mirror, resource=resource)
        return StreamTarget(self.mirror, stream, BY_NAME[resource])
