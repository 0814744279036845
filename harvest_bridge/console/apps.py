from __future__ import annotations

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "harvest_bridge.console"
    label = "console"
    verbose_name = "Operators"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from harvest_bridge import checks  # noqa: F401 (registers the system checks)

        from . import roles, second_factor
        from .audit import signals
        from .workers import jobs

        signals.connect()
        second_factor.connect()
        roles.connect()
        jobs.connect()
