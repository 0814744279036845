"""One thing that was done. Names are text and ids are numbers: no row here depends on another."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from django.utils import timezone


class AppendOnly(Exception):
    """Somebody tried to change or remove an audit row."""


class AuditEntries(models.QuerySet["AuditEntry"]):
    """Rows to read."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnly("Audit rows are never changed.")

    def delete(self) -> NoReturn:
        raise AppendOnly("Audit rows are never removed.")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("Audit rows are never changed.")


class AuditEntry(models.Model):
    """Written before what it tells is done where an operator asked for it, and with it everywhere else."""

    at = models.DateTimeField(default=timezone.now, db_index=True, editable=False)
    actor = models.CharField(max_length=255, editable=False, help_text="The operator's name, or the command.")
    actor_id = models.BigIntegerField(null=True, editable=False, help_text="The operator's id, in case of a new name.")
    action = models.CharField(max_length=100, editable=False)
    object_type = models.CharField(max_length=100, blank=True, editable=False)
    object_id = models.CharField(max_length=255, blank=True, editable=False)
    detail = models.CharField(max_length=1000, blank=True, editable=False)
    address = models.CharField(max_length=64, blank=True, editable=False, help_text="Where the operator was.")

    objects = AuditEntries.as_manager()

    class Meta:
        ordering = ("-at", "-id")
        verbose_name = "audit entry"
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.action} by {self.actor}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnly("Audit rows are never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("Audit rows are never removed.")
