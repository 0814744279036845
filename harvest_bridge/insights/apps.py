from __future__ import annotations

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "harvest_bridge.insights"
    label = "insights"
    verbose_name = "Insights"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The definitions of every question are known by name; the catalogue of events knows what is told."""
        from .payouts import definitions  # noqa: F401 (registers its own)
        from .records import definitions as _entries  # noqa: F401
        from .utilization import definitions as _utilization  # noqa: F401
        from .utilization import events  # noqa: F401
