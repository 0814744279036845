"""Mappings of a host app or of one connection, with every version they had."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.models import HostApp


class FieldMapping(models.Model):
    """One version of one field's expression in one layer: the host app's, or, with a connection, the connection's.

    Rows are added and never changed but for `is_current`. The newest is the current one; an empty expression says that
    the mapping was removed, so that the layer below holds.
    """

    host_app = models.ForeignKey(HostApp, on_delete=models.CASCADE, related_name="field_mappings")
    connection = models.ForeignKey(
        Connection,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="field_mappings",
        help_text="Empty: for all of the host app's connections.",
    )
    resource = models.CharField(max_length=20)
    field = models.CharField(max_length=80)
    expression = models.TextField(blank=True)
    version = models.PositiveIntegerField()
    is_current = models.BooleanField(default=True)
    restores = models.PositiveIntegerField(null=True, blank=True, help_text="The version whose expression came back.")
    changed_by = models.CharField(max_length=255)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("resource", "field", "-version")
        verbose_name = "mapping"
        constraints = (
            models.UniqueConstraint(
                fields=("host_app", "resource", "field", "version"),
                condition=models.Q(connection=None),
                name="mapping_version_once_per_host_app",
            ),
            models.UniqueConstraint(
                fields=("connection", "resource", "field", "version"),
                condition=models.Q(connection__isnull=False),
                name="mapping_version_once_per_connection",
            ),
        )
        indexes = (models.Index(fields=("host_app", "is_current", "resource"), name="mapping_in_force"),)

    def __str__(self) -> str:
        return f"{self.resource}.{self.field} of {self.connection or self.host_app}"

    @property
    def is_of_connection(self) -> bool:
        return self.connection_id is not None
