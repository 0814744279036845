from __future__ import annotations

from django.apps import AppConfig


class HostsConfig(AppConfig):
    name = "harvest_bridge.hosts"
    verbose_name = "Host apps"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from harvest_bridge.crypto import rotation

        from .models import WidgetKey

        rotation.register(WidgetKey, "sealed_secret", lambda key: key.binding)
