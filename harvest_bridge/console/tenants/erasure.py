"""Erasing one customer: tokens first, so that nothing new comes in, then every row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from harvest_bridge.connections import services
from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.models import HostApp

from .export import Receipt
from .rows import rows_of

_ROWS_AT_ONCE = 2000  # so that nobody waits long for a lock
_ROUNDS = 5


class StillWritten(Exception):
    """Rows keep coming for a customer that is being erased."""


def counted(host_app: HostApp, tenant_id: str) -> dict[str, int]:
    """What an erasure would remove, by model."""
    counts = {query.model._meta.label: query.count() for query in rows_of(host_app, tenant_id)}
    return {name: count for name, count in counts.items() if count}


def erase(host_app: HostApp, tenant_id: str, *, actor: str) -> Receipt:
    """What cannot be undone. Safe to run again after it was cut off. Errors: StillWritten.

    What was under way while it ran may leave rows behind it, such as the request that asked for a timer's state;
    so it goes round until nothing is left.
    """
    _disconnect(host_app, tenant_id, actor)
    removed: dict[str, int] = {}
    for _ in range(_ROUNDS):
        for query in rows_of(host_app, tenant_id):
            name = query.model._meta.label
            removed[name] = removed.get(name, 0) + sum(_remove(query))
        if not counted(host_app, tenant_id):
            break
    else:
        raise StillWritten("Rows keep coming for this customer: stop the host app's calls for it, then run this again.")
    return Receipt(
        host_app_id=str(host_app.pk),
        tenant_id=tenant_id,
        at=datetime.now(UTC),
        rows={name: count for name, count in removed.items() if count},
        sha256={},
    )


def _disconnect(host_app: HostApp, tenant_id: str, actor: str) -> None:
    for connection in Connection.objects.filter(host_app=host_app, tenant_id=tenant_id, disconnected_at=None):
        with transaction.atomic():
            services.disconnect(connection=connection, actor=actor)


def _remove(query: QuerySet[Any]) -> Iterator[int]:
    """Past the models' own guards: they keep history from being changed, and here it is to go."""
    while keys := list(query.values_list("pk", flat=True)[:_ROWS_AT_ONCE]):
        batch = query.model._base_manager.filter(pk__in=keys)
        with transaction.atomic():
            yield batch._raw_delete(batch.db)
