from __future__ import annotations

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "harvest_bridge.insights"
    label = "insights"
    verbose_name = "Insights"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The definitions of every question are known by name."""
        from .payouts import definitions  # noqa: F401 (registers its own)
