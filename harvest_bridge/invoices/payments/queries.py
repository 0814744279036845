"""Which payments a connection may see and move: those of its customer, through whichever connection they came."""

from __future__ import annotations

from django.db.models import QuerySet

from harvest_bridge.connections.models import Connection
from harvest_bridge.invoices.models import Payment


def payments_of(connection: Connection) -> QuerySet[Payment]:
    """Of its Harvest account and tenant. Another tenant may have linked the same account: its payments are its own."""
    return Payment.objects.filter(
        host_app=connection.host_app_id,
        harvest_account_id=connection.harvest_account_id,
        connection__tenant_id=connection.tenant_id,
    )
