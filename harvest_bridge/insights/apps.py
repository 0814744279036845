from __future__ import annotations

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "harvest_bridge.insights"
    label = "insights"
    verbose_name = "Insights"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The definitions of every question are known by name; the catalogue of events knows what is told."""
        from harvest_bridge.crypto import rotation

        from .budgets import definitions as _budgets  # noqa: F401
        from .budgets import events as _budget_events  # noqa: F401
        from .payouts import definitions  # noqa: F401 (registers its own)
        from .payouts import events as _payouts  # noqa: F401
        from .payouts.models import Payee
        from .profitability import definitions as _profitability  # noqa: F401
        from .records import definitions as _entries  # noqa: F401
        from .utilization import definitions as _utilization  # noqa: F401
        from .utilization import events  # noqa: F401

        rotation.register(Payee, "sealed_iban", lambda row: Payee.binding(row.connection_id, row.user_id))
