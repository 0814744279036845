"""Forgets what CRMs sent: bodies that were worked on, and the ids of events that were taken, after 90 days."""

from __future__ import annotations

from datetime import datetime, timedelta

from .models import InboxEvent, InboxStatus, SeenEvent

KEPT = timedelta(days=90)  # no CRM sends an event again as late as that


def forget_old(*, now: datetime) -> int:
    """Returns how many rows went. A body that still waits for a worker stays."""
    bodies = InboxEvent.objects.filter(received_at__lt=now - KEPT).exclude(status=InboxStatus.PENDING)
    return bodies.delete()[0] + SeenEvent.objects.filter(at__lt=now - KEPT).delete()[0]
