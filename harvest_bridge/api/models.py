"""Tables of the REST layer: answers kept for idempotency keys, and the request log."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from harvest_bridge.hosts.models import HostApp
from harvest_bridge.stored_json import StoredJSONField


class IdempotentWrite(models.Model):
    """A write that came with an `Idempotency-Key`, and what was answered.

    The row stands before anything is sent. One without an answer whose runner is gone is a write of which nobody knows.
    """

    slot = models.CharField(primary_key=True, max_length=64, help_text="Digest of whose key it is, and for which path.")
    host_app = models.ForeignKey(HostApp, on_delete=models.CASCADE, related_name="+")
    fingerprint = models.CharField(max_length=64, help_text="Digest of method, query and body.")
    started_at = models.DateTimeField(default=timezone.now, db_index=True)
    status = models.PositiveSmallIntegerField(null=True, help_text="Empty while it runs.")
    headers = StoredJSONField(default=dict)
    sealed_body = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.slot[:8]}… {self.status or 'no answer'}"

    @property
    def binding(self) -> str:
        """What the sealed answer is bound to."""
        return f"answer to {self.slot}"


class RequestRecord(models.Model):
    """One request as the request log tells it. Written by `seen/store.py`, whose `Row` has these columns.

    No foreign keys in the database: a row outlives what it names, and costs no look-up when it is written. Durations
    are also kept by class (`duration_bin`) and moments by the minute, so that charts are plain sums.
    """

    at = models.DateTimeField(help_text="When it came.")
    minute = models.IntegerField(help_text="That, in minutes since 1970.")
    area = models.CharField(max_length=20)
    method = models.CharField(max_length=10)
    template = models.CharField(max_length=200, verbose_name="path", help_text="Its path, ids and the like left out.")
    status = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=60, blank=True, help_text="Of the error, where it was ours.")
    caller = models.CharField(max_length=20, blank=True, help_text="The kind of token.")
    host_app = models.ForeignKey(
        HostApp, null=True, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    api_key_id = models.BigIntegerField(null=True)
    connection_id = models.UUIDField(null=True)
    tenant_id = models.CharField(max_length=255, blank=True)
    bytes_in = models.BigIntegerField()
    bytes_out = models.BigIntegerField()
    own_microseconds = models.IntegerField(help_text="Our own time: neither Harvest's nor pacing.")
    waited_microseconds = models.IntegerField(help_text="Waiting for a place in Harvest's budget.")
    harvest_microseconds = models.IntegerField(help_text="Waiting for Harvest.")
    harvest_calls = models.PositiveSmallIntegerField()
    duration_bin = models.PositiveSmallIntegerField()
    budget_limit = models.IntegerField(null=True)
    budget_remaining = models.IntegerField(null=True, help_text="What the budget held afterwards.")
    budget_used_percent = models.PositiveSmallIntegerField(null=True)
    request_id = models.CharField(max_length=128)
    trace_id = models.CharField(max_length=32, blank=True)

    class Meta:
        ordering = ("-minute", "-id")
        verbose_name = "request"
        indexes = [
            # The rest of its columns are all that the charts read, so these stay within the index.
            models.Index(
                fields=["minute", "id", "duration_bin", "status", "budget_used_percent"], name="request_by_minute"
            ),
            models.Index(fields=["host_app", "minute", "id"], name="request_by_host_app"),
            models.Index(fields=["connection_id", "minute", "id"], name="request_by_connection"),
            models.Index(fields=["minute", "id"], condition=models.Q(status__gte=400), name="request_failed"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.template} {self.status}"
