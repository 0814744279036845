from __future__ import annotations

from django.apps import AppConfig


class EmbedConfig(AppConfig):
    name = "harvest_bridge.embed"
    label = "embed"
    verbose_name = "Embedded frames"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from .portal import authentication  # noqa: F401 (registers its token class)
