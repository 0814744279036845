"""An operator stops a mirror for a while, and lets it go on."""

from __future__ import annotations

from django.utils import timezone

from .models import Mirror


def pause(mirror: Mirror) -> None:
    """The run that is under way goes on from its next page when resumed."""
    Mirror.objects.filter(pk=mirror.pk).update(is_paused=True)
    end_work(mirror)


def end_work(mirror: Mirror) -> None:
    """Whoever works on it loses the claim, and so ends at its next page."""
    Mirror.objects.filter(pk=mirror.pk).update(worker="", heartbeat_at=None)


def resume(mirror: Mirror) -> None:
    Mirror.objects.filter(pk=mirror.pk).update(is_paused=False, due_at=timezone.now())
