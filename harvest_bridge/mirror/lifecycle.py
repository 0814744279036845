"""Mirrors that begin with their connection, where the host app says so, and end with it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from harvest_bridge.connections.models import Connection, Kind, Status

from .models import HostPolicy, Mirror
from .schedule import policy_of


def begin_new() -> int:
    """For account connections that have no mirror yet. Returns how many began."""
    hosts = HostPolicy.objects.filter(begins_by_itself=True).values("host_app")
    linked = Connection.objects.filter(
        host_app__in=hosts, kind=Kind.ACCOUNT, status=Status.ACTIVE, disconnected_at=None, mirror=None
    )
    rows = [Mirror(connection=connection) for connection in linked[:1000]]
    return len(Mirror.objects.bulk_create(rows, ignore_conflicts=True))


def end_disconnected(*, now: datetime) -> None:
    """The copy outlives the connection for a while; linking the account again within it takes it up again."""
    for mirror in Mirror.objects.select_related("connection").filter(
        connection__disconnected_at__isnull=False, erase_at=None
    ):
        ended_at = mirror.connection.disconnected_at or now
        days = policy_of(mirror.connection).erase_after_days
        Mirror.objects.filter(pk=mirror.pk).update(erase_at=ended_at + timedelta(days=days), is_on=False)
    again = Mirror.objects.filter(connection__disconnected_at=None, erase_at__isnull=False)
    again.update(erase_at=None, is_on=True, due_at=timezone.now())
