"""How long people are kept whom nobody can reach any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from .models import HarvestUser, Identity, MatchingRun

KEPT = timedelta(days=30)


def forget_old(*, now: datetime) -> None:
    """Erase runs, and the people of connections that ended `KEPT` ago: until then an account may be linked again."""
    Identity.objects.filter(connection__disconnected_at__lt=now - KEPT).delete()
    HarvestUser.objects.filter(connection__disconnected_at__lt=now - KEPT).delete()
    MatchingRun.objects.filter(finished_at__lt=now - KEPT).delete()
