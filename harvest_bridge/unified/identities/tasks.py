"""What the worker does: runs too large to wait for, those that a process left unfinished, and forgetting."""

from __future__ import annotations

from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task, db_task

from harvest_bridge.connections.models import Connection

from . import retention
from .matching_runs import queued_run, run_queued
from .models import MatchingRun

_OPEN = (MatchingRun.Status.QUEUED, MatchingRun.Status.RUNNING)


@db_task()
def match(connection_id: str) -> None:
    """Carry out the runs that are queued for one connection."""
    connection = Connection.objects.filter(pk=connection_id, disconnected_at=None).first()
    if connection is not None:
        run_queued(connection)


@db_periodic_task(crontab(minute="*"))
def match_what_was_left() -> None:
    """Runs are rows: a process that died, or a wake-up that got lost, only makes one late."""
    for connection_id in MatchingRun.objects.filter(status__in=_OPEN).values_list("connection", flat=True).distinct():
        match(str(connection_id))


@db_periodic_task(crontab(minute="17", hour="3"))
def match_again() -> None:
    """Once a night, so that people archived or gone in Harvest are flagged without anybody asking."""
    rows = Connection.objects.filter(disconnected_at=None, identities__isnull=False).distinct()
    for connection in rows:
        queued_run(connection)
        match(str(connection.pk))


@db_periodic_task(crontab(minute="47", hour="3"))
def forget_old_people() -> None:
    """Nobody can reach the people of a connection that ended, not even to erase them."""
    retention.forget_old(now=timezone.now())
