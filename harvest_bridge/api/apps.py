from __future__ import annotations

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "harvest_bridge.api"
    label = "api"
    verbose_name = "Requests"

    def ready(self) -> None:
        from harvest_bridge.crypto import rotation

        from .models import IdempotentWrite

        rotation.register(IdempotentWrite, "sealed_body", lambda row: row.binding)
