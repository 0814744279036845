"""Sends Harvest calls on behalf of a connection; the entry point for every app to the right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from django.utils import timezone

from harvest_bridge.api.database_connections import note
from harvest_bridge.api.outages import OUTAGES, outage_of
from harvest_bridge.harvest.budgets import BudgetMeter, Lane
from harvest_bridge.harvest.credentials import Credentials
from harvest_bridge.harvest.errors import HarvestForbidden
from harvest_bridge.harvest.operations import Operation
from harvest_bridge.request_context import note_connection

from . import granted_rights, harvest_permissions, renewal, services, states, upstream
from .budget_keys import budget_key
from .models import Connection

T = TypeVar("T")


@dataclass(frozen=True)
class ConnectionTokens:
    """A token source over a connection's row, which is read in the caller's own thread and transaction.

    What follows is a wait for Harvest, perhaps in a long line: the database connection is given back before it.
    """

    connection: Connection

    @property
    def budget_key(self) -> str:
        row = self.connection
        return budget_key(grant_id=row.grant_id, harvest_account_id=row.harvest_account_id)

    async def credentials(self) -> Credentials:
        return await renewal.credentials(self.connection)

    async def renew(self, rejected: Credentials, *, about: str) -> Credentials:
        return await renewal.renew(self.connection, rejected=rejected, about=about)


def send(
    connection: Connection,
    operation: Operation[T],
    *,
    lane: Lane = Lane.API,
    meter: BudgetMeter | None = None,
    max_wait: float | None = None,
    timeout: float | None = None,
) -> T:
    """Send one call as this connection.

    Units: `max_wait` is how many seconds the caller waits for budget; None is as long as for everything else, which is
    `timeout`, or HARVEST_TIMEOUT_SECONDS.
    Errors: RightNotGranted, NeedsReauth, RefreshInProgress, RefreshFailed and the HarvestError tree; a refusal says
    which right is missing; DatabaseUnavailable and its kind.
    """
    granted_rights.check(connection, operation.verb, operation.path)
    note(lambda: services.note_use(connection=connection, now=timezone.now()))
    note_connection(connection)
    try:
        source = ConnectionTokens(connection)
        return upstream.send(operation, source=source, lane=lane, meter=meter, max_wait=max_wait, timeout=timeout)
    except HarvestForbidden as error:
        needs = harvest_permissions.needed_for(operation.path, operation.verb)
        note(lambda: states.forbidden(connection, method=operation.verb, resource=operation.path, needs=needs))
        if needs:
            error.message = harvest_permissions.refusal(connection, operation.path, operation.verb)
        raise
    except OUTAGES as error:  # met before anything was sent, or after Harvest refused it
        raise outage_of(error) or error from error
