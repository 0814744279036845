"""Runs of a connection: every query names the connection first."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from harvest_bridge.connections.models import Connection

from .errors import NoSuchRun
from .models import Run


def runs_of(connection: Connection) -> QuerySet[Run]:
    """Newest first."""
    return Run.objects.filter(connection=connection)


def run_of(connection: Connection, run_id: str) -> Run:
    """One of them. Errors: NoSuchRun, for another connection's too."""
    try:
        return runs_of(connection).select_related("connection__host_app").get(pk=UUID(run_id))
    except (ValueError, Run.DoesNotExist) as error:
        raise NoSuchRun(
            f"run_id: this connection has no run {run_id[:64]!r}; GET /provisioning/runs lists them."
        ) from error
