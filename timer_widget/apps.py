from __future__ import annotations

from django.apps import AppConfig


class TimerWidgetConfig(AppConfig):
    name = "timer_widget"
    verbose_name = "Timer"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from harvest_bridge.webhooks import erasure

        from . import events  # noqa: F401 (registers its types of event)
        from .history.erasure import erase
        from .sessions import authentication  # noqa: F401 (registers its token class)

        erasure.register(erase)
