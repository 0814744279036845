"""The sessions of end clients at their portal. What they read is the mirror's."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.models import WidgetKey


class PortalSession(models.Model):
    """15 minutes of `/portal/…` for one client of one linked account, on one origin.

    Kept as a hash; the token is in the frame's memory. It ends with the key that signed for it, with its origin and
    with its connection.
    """

    token_hash = models.CharField(max_length=64, primary_key=True, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    widget_key = models.ForeignKey(WidgetKey, on_delete=models.CASCADE, related_name="+")
    client_id = models.BigIntegerField(help_text="Harvest's id of the client whose invoices it reads.")
    user_id = models.CharField(max_length=255, help_text="The host's own id of whoever is there: `sub` of its tokens.")
    origin = models.CharField(max_length=255)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"portal of client {self.client_id}"
