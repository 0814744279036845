from __future__ import annotations

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "harvest_bridge.webhooks"
    label = "webhooks"
    verbose_name = "Webhooks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from harvest_bridge.crypto import rotation

        from . import own_types  # noqa: F401 (registers the types that this app emits)
        from .models import Endpoint

        rotation.register(Endpoint, "sealed_secret", lambda row: row.binding("secret"))
        rotation.register(Endpoint, "sealed_previous_secret", lambda row: row.binding("previous secret"))
