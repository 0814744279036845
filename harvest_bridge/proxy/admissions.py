"""Caches which caller may act as which connection; every use checks that nothing it rests on has changed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import close_old_connections
from django.utils import timezone

from harvest_bridge.api.cache_versions import MOST_REMEMBERED, CacheVersions, opens
from harvest_bridge.api.callers import Caller
from harvest_bridge.connections import renewal, services, vault
from harvest_bridge.connections.calls import ConnectionTokens
from harvest_bridge.connections.models import Connection
from harvest_bridge.harvest.credentials import Credentials
from harvest_bridge.request_context import CallerIdentity, note_caller

from . import account_selection
from .account_selection import CacheKey, Credential, question_of
from .last_used import LastUsedRecorder

_LONGEST_MEMORY = timedelta(hours=1)


@dataclass(frozen=True)
class Admission(ConnectionTokens):
    """A token source that has its token at hand; it is renewed through the vault like any other."""

    who: CallerIdentity
    ends_at: datetime
    versions: object


class Admissions:
    """One per process, on its event loop."""

    def __init__(self, versions: CacheVersions) -> None:
        self._versions = versions
        self._uses = LastUsedRecorder()
        self._remembered: dict[CacheKey, Admission] = {}

    async def of(self, credential: Credential) -> Admission:
        """Errors: those of `account_selection`; NeedsReauth, RefreshInProgress, RefreshFailed, AccessUnchecked."""
        key = credential.cache_key
        question = question_of(credential)
        versions = None if question is None else await self._versions.of(question)
        known = self._remembered.get(key)
        if known is not None and opens(versions) and known.versions == versions and timezone.now() < known.ends_at:
            self._uses.note(api_key=known.who.api_key_id, connection=known.connection.pk)
            note_caller(known.who)
            return known
        self._remembered.pop(key, None)
        admission = await _look_up(credential, versions)
        if opens(versions):
            if len(self._remembered) >= MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[key] = admission
        note_caller(admission.who)
        return admission

    async def aclose(self) -> None:
        await self._uses.aclose()


async def _look_up(credential: Credential, versions: object) -> Admission:
    """`versions` is from before, so whatever is committed meanwhile is seen by the next request."""
    caller, connection = await asyncio.to_thread(_whose, credential)
    at_hand = await renewal.credentials(connection)
    return await asyncio.to_thread(_admission, caller, connection, at_hand, versions)


def _whose(credential: Credential) -> tuple[Caller, Connection]:
    """In a thread."""
    try:
        caller = account_selection.caller_of(credential)
        note_caller(caller.who)
        return caller, account_selection.connection_for(caller, credential)
    finally:
        close_old_connections()


def _admission(caller: Caller, connection: Connection, at_hand: Credentials, versions: object) -> Admission:
    """In a thread."""
    try:
        now = timezone.now()
        services.note_use(connection=connection, now=now)
        ends = [now + _LONGEST_MEMORY, caller.ends_at, _token_ends_at(connection, now)]
        ends_at = min(end for end in ends if end is not None)
        who = caller.who.about(connection)
        return Admission(connection=connection, found=at_hand, who=who, ends_at=ends_at, versions=versions)
    finally:
        close_old_connections()


def _token_ends_at(connection: Connection, now: datetime) -> datetime | None:
    """When the vault should be asked again; it may just have renewed the token."""
    expires_at = Connection.objects.values_list("access_token_expires_at", flat=True).get(pk=connection.pk)
    return None if expires_at is None else max(expires_at - vault.CALL_MARGIN, now + timedelta(seconds=1))
