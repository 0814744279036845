"""Sends Harvest calls on behalf of a connection; the entry point for every app to the right."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from django.conf import settings
from django.utils import timezone

from harvest_bridge.api import admissions
from harvest_bridge.api.database_connections import let_go_of_database, note
from harvest_bridge.api.outages import outage_of, outages
from harvest_bridge.harvest import sync_client
from harvest_bridge.harvest.budgets import BudgetMeter, Lane, meter_of_request
from harvest_bridge.harvest.credentials import Credentials, TokenSource
from harvest_bridge.harvest.errors import HarvestForbidden, HarvestNotFound, HarvestOutcomeUnknown
from harvest_bridge.harvest.operations import Operation
from harvest_bridge.request_context import note_connection

from . import (
    granted_rights,
    harvest_permissions,
    not_found_listeners,
    renewal,
    services,
    states,
    vault,
    write_listeners,
)
from .budget_keys import budget_key
from .models import Connection

T = TypeVar("T")


@dataclass(frozen=True)
class ConnectionTokens:
    """A token source over a connection's row, which was read in the caller's own thread and transaction.

    Shape: `found` is what that came to: a token, or what it takes to have one.
    """

    connection: Connection
    found: Credentials | vault.Due | vault.Doubtful
    at_hand: Credentials | None = field(init=False)
    budget_key: str = field(init=False)

    def __post_init__(self) -> None:
        row = self.connection
        key = budget_key(grant_id=row.grant_id, harvest_account_id=row.harvest_account_id)
        object.__setattr__(self, "at_hand", self.found if isinstance(self.found, Credentials) else None)
        object.__setattr__(self, "budget_key", key)

    async def credentials(self) -> Credentials:
        if self.at_hand is None:
            admissions.forget()
        return await renewal.settled(self.found)

    async def renew(self, rejected: Credentials, *, about: str) -> Credentials:
        admissions.forget()
        return await renewal.renew(self.connection, rejected=rejected, about=about)


def _tokens_of(connection: Connection) -> ConnectionTokens:
    """Remembered while the token is good; the look-up notes the use. Errors: NeedsReauth, RefreshFailed."""

    def find() -> ConnectionTokens:
        now = timezone.now()
        if services.is_use_due(connection=connection, now=now):
            note(lambda: services.note_use(connection=connection, now=now))
        return ConnectionTokens(connection, vault.look(connection))

    def ends_at(tokens: ConnectionTokens) -> datetime | None:
        if tokens.at_hand is None:
            return datetime.min.replace(tzinfo=UTC)
        expires_at = connection.access_token_expires_at
        return None if expires_at is None else expires_at - vault.CALL_MARGIN

    return admissions.remembered_of_connection(connection.pk, "tokens", find, until=ends_at)


def send_as(
    source: TokenSource | None,
    operation: Operation[T],
    *,
    lane: Lane = Lane.API,
    meter: BudgetMeter | None = None,
    max_wait: float | None = None,
    timeout: float | None = None,
) -> T:
    """Send one call with these tokens, or as our own client, within HARVEST_TIMEOUT_SECONDS in all, or `timeout`.

    Errors: those of `sync_client.wait_for`.
    """
    let_go_of_database()
    return sync_client.wait_for(
        operation,
        source=source,
        lane=lane,
        timeout=min(timeout or math.inf, settings.HARVEST_TIMEOUT_SECONDS),
        meter=meter or meter_of_request(),
        max_wait=max_wait,
    )


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
    note_connection(connection)
    try:
        source = _tokens_of(connection)
        answer = send_as(source, operation, lane=lane, meter=meter, max_wait=max_wait, timeout=timeout)
        write_listeners.notify(connection, operation.verb, operation.path)
        return answer
    except HarvestOutcomeUnknown:
        write_listeners.notify(connection, operation.verb, operation.path)
        raise
    except HarvestNotFound:
        if lane is not Lane.SYNC:  # a pass settles its own
            not_found_listeners.notify(connection, operation.path)
        raise
    except HarvestForbidden as error:
        needs = harvest_permissions.needed_for(operation.path, operation.verb)
        note(lambda: states.forbidden(connection, method=operation.verb, resource=operation.path, needs=needs))
        if needs:
            error.message = harvest_permissions.refusal(connection, operation.path, operation.verb)
        raise
    except outages() as error:  # met before anything was sent, or after Harvest refused it
        raise outage_of(error) or error from error
