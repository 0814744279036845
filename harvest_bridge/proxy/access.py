"""Whose Harvest account a drop-in request reaches; remembered between requests, as for REST (`api.admissions`)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import close_old_connections
from django.utils import timezone

from harvest_bridge.api.admissions import Admissions
from harvest_bridge.api.callers import Caller
from harvest_bridge.connections import renewal, services, vault
from harvest_bridge.connections.calls import ConnectionTokens
from harvest_bridge.connections.models import Connection
from harvest_bridge.harvest.credentials import Credentials
from harvest_bridge.request_context import CallerIdentity, note_caller

from . import account_selection
from .account_selection import Credential, question_of


@dataclass(frozen=True)
class Access(ConnectionTokens):
    """A token source that has its token at hand; it is renewed through the vault like any other."""

    who: CallerIdentity
    ends_at: datetime | None


async def access_of(credential: Credential, admissions: Admissions) -> Access:
    """Errors: those of `account_selection`; NeedsReauth, RefreshInProgress, RefreshFailed, AccessUnchecked."""
    question = question_of(credential)
    # From before the look-up, so that whatever is committed meanwhile is seen by the next request.
    admission = None if question is None else await admissions.of(question)
    what = credential.cache_key
    access: Access | None = None if admission is None else admission.known(what)
    if access is None:
        access = await _look_up(credential)
        if admission is not None:
            admission.keep(what, access, lambda found: found.ends_at)
    note_caller(access.who)
    return access


async def _look_up(credential: Credential) -> Access:
    caller, connection = await asyncio.to_thread(_whose, credential)
    at_hand = await renewal.credentials(connection)
    return await asyncio.to_thread(_access, caller, connection, at_hand)


def _whose(credential: Credential) -> tuple[Caller, Connection]:
    """In a thread."""
    try:
        caller = account_selection.caller_of(credential)
        note_caller(caller.who)
        return caller, account_selection.connection_for(caller, credential)
    finally:
        close_old_connections()


def _access(caller: Caller, connection: Connection, at_hand: Credentials) -> Access:
    """In a thread."""
    try:
        services.note_use(connection=connection, now=timezone.now())
        ends = [end for end in (caller.ends_at, _token_ends_at(connection)) if end is not None]
        who = caller.who.about(connection)
        return Access(connection=connection, found=at_hand, who=who, ends_at=min(ends, default=None))
    finally:
        close_old_connections()


def _token_ends_at(connection: Connection) -> datetime | None:
    """When the vault should be asked again; it may just have renewed the token."""
    expires_at = Connection.objects.values_list("access_token_expires_at", flat=True).get(pk=connection.pk)
    soon = timezone.now() + timedelta(seconds=1)
    return None if expires_at is None else max(expires_at - vault.CALL_MARGIN, soon)
