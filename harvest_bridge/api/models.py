"""What REST itself keeps: the answers to writes that may be sent again."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from harvest_bridge.hosts.models import HostApp


class IdempotentWrite(models.Model):
    """A write that came with an `Idempotency-Key`, and what was answered.

    The row stands before anything is sent. One without an answer whose runner is gone is a write of which nobody knows.
    """

    slot = models.CharField(primary_key=True, max_length=64, help_text="Digest of whose key it is, and for which path.")
    host_app = models.ForeignKey(HostApp, on_delete=models.CASCADE, related_name="+")
    fingerprint = models.CharField(max_length=64, help_text="Digest of method, query and body.")
    started_at = models.DateTimeField(default=timezone.now, db_index=True)
    status = models.PositiveSmallIntegerField(null=True, help_text="Empty while it runs.")
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.slot[:8]}… {self.status or 'no answer'}"
