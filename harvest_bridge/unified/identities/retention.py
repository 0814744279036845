"""How long people are kept whom nobody can reach any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from . import decisions
from .models import HarvestUser, Identity, MatchingRun

KEPT = timedelta(days=30)


def forget_old(*, now: datetime) -> None:
    """Erase runs, and the people of connections that ended `KEPT` ago: until then an account may be linked again."""
    before = now - KEPT
    has_ended = Q(connection__disconnected_at__lt=before)
    decisions.erase_all(Identity.objects.filter(has_ended))
    HarvestUser.objects.filter(has_ended).delete()
    MatchingRun.objects.filter(has_ended | Q(finished_at__lt=before)).delete()
