from __future__ import annotations

from django.apps import AppConfig


class ConnectionsConfig(AppConfig):
    name = "harvest_bridge.connections"
    label = "connections"
    verbose_name = "Connections"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from harvest_bridge.crypto import rotation

        from . import authentication, events  # noqa: F401 (register its token class, its types of event)
        from .models import Connection, LinkToken
        from .upstream import configure_from_settings

        configure_from_settings()
        rotation.register(Connection, "sealed_access_token", lambda row: row.binding("access token"))
        rotation.register(Connection, "sealed_refresh_token", lambda row: row.binding("refresh token"))
        rotation.register(LinkToken, "sealed_grant", lambda row: row.binding)
