"""One thing that was done, and the chain of seals over all of them. Names are text and ids are plain values: no row
here depends on another."""

from __future__ import annotations

import uuid
from typing import Any, NoReturn

from django.db import models
from django.utils import timezone

from .signatures import is_signed, signature_of


class AppendOnly(Exception):
    """Somebody tried to change or remove an audit row."""


class AuditEntries(models.QuerySet["AuditEntry"]):
    """Rows to read, and to add."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnly("Audit rows are never changed.")

    def delete(self) -> NoReturn:
        raise AppendOnly("Audit rows are never removed.")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("Audit rows are never changed.")

    def add(self, entries: list[AuditEntry]) -> None:
        """Sign and insert them."""
        for entry in entries:
            entry.signature = signature_of(entry)
        self.bulk_create(entries)


class Source(models.TextChoices):
    ADMIN = "admin", "Admin"
    API = "api", "API"
    COMMAND = "command", "Command"
    WORKER = "worker", "Worker"


class AuditEntry(models.Model):
    """Written before what it tells is done where an operator or a caller asked for it, and with it everywhere else."""

    outlives_customers = True  # neither erased with them nor handed over

    at = models.DateTimeField(default=timezone.now, db_index=True, editable=False)
    source = models.CharField(
        max_length=10, choices=Source.choices, blank=True, default="", db_default="", editable=False
    )
    actor = models.CharField(
        max_length=255, editable=False, help_text="The operator's name, the command, the kind of token, or the job."
    )
    actor_id = models.BigIntegerField(
        null=True, editable=False, help_text="The operator's id, in case of a new name; for the API, of its key."
    )
    action = models.CharField(max_length=300, editable=False)
    object_type = models.CharField(max_length=100, blank=True, editable=False)
    object_id = models.CharField(max_length=255, blank=True, editable=False)
    detail = models.CharField(max_length=1000, blank=True, editable=False)
    address = models.CharField(max_length=64, blank=True, editable=False, help_text="Where whoever asked was.")
    request_id = models.CharField(max_length=128, blank=True, default="", db_default="", db_index=True, editable=False)
    host_app_id = models.UUIDField(null=True, editable=False, verbose_name="host app")
    tenant_id = models.CharField(max_length=255, blank=True, default="", db_default="", editable=False)
    connection_id = models.UUIDField(null=True, editable=False, verbose_name="connection")
    uid = models.UUIDField(null=True, unique=True, default=uuid.uuid4, editable=False)
    signature = models.CharField(
        max_length=80,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="Says that this bridge wrote the row.",
    )

    objects = AuditEntries.as_manager()

    class Meta:
        ordering = ("-at", "-id")
        verbose_name = "audit entry"
        verbose_name_plural = "audit entries"
        indexes = [models.Index(fields=["tenant_id", "-id"], name="audit_by_tenant")]

    def __str__(self) -> str:
        return f"{self.action} by {self.actor}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnly("Audit rows are never changed.")
        self.signature = signature_of(self)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("Audit rows are never removed.")

    @property
    def is_signed(self) -> bool | None:
        """None where the key that signed it is gone."""
        return is_signed(self)


class AuditSeal(models.Model):
    """One link of the chain: which entry stood at this position, its digest, and the digest of all up to here."""

    position = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    entry_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, help_text="Of the digest before and the entry's own.")
    signature = models.CharField(max_length=80)
    is_ours = models.BooleanField(help_text="Whether the entry was signed by this bridge when it was sealed.")
    sealed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("position",)

    def __str__(self) -> str:
        return f"{self.position}: {self.digest[:12]}"


class AuditHead(models.Model):
    """Where the chain ends: one row, signed, so that its last links cannot be cut off unnoticed."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    position = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    signature = models.CharField(max_length=80)

    def __str__(self) -> str:
        return f"{self.position}:{self.digest}"
