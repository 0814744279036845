from __future__ import annotations

from django.apps import AppConfig


class InvoicesConfig(AppConfig):
    name = "harvest_bridge.invoices"
    label = "invoices"
    verbose_name = "Invoices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from harvest_bridge.crypto import rotation

        from . import change_events
        from .models import PaymentInbox

        rotation.register(PaymentInbox, "sealed_secret", lambda row: row.binding)
        change_events.register()  # its types of event as well
