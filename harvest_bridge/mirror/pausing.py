"""An operator stops a mirror for a while, and lets it go on."""

from __future__ import annotations

from django.utils import timezone

from .models import Mirror


def pause(mirror: Mirror) -> None:
    """Whoever works on it loses the claim, and so ends at its next page; the run goes on from there when resumed."""
    Mirror.objects.filter(pk=mirror.pk).update(is_paused=True, worker="", heartbeat_at=None)


def resume(mirror: Mirror) -> None:
    Mirror.objects.filter(pk=mirror.pk).update(is_paused=False, due_at=timezone.now())
