"""Access tokens for calls, renewed on the I/O loop: one renewal per connection, and waiting for it holds no resource.

The steps in the database (`vault.py`, `renewal_steps.py`) are jobs of the thread that began the renewal, or of a worker
thread when that thread has given up. Between them the renewal is a task of the loop, which no caller's impatience ends:
an answer of Harvest's is always stored. Of other processes the lock of the renewal keeps us apart.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

import structlog
from django.conf import settings

from harvest_bridge.api.database_connections import let_go_of_database
from harvest_bridge.api.outages import outage_of, outages
from harvest_bridge.errors import BridgeError
from harvest_bridge.harvest import sync_client
from harvest_bridge.harvest.callers_thread import in_callers_thread_or_another
from harvest_bridge.harvest.credentials import Credentials, StaticTokenSource
from harvest_bridge.harvest.errors import HarvestError, HarvestGrantRefused, HarvestUnauthorized, RefreshInProgress
from harvest_bridge.harvest.operations import get_me, refresh_access_token
from harvest_bridge.harvest.records import TokenGrant

from . import renewal_steps, token_rows, vault
from .budget_keys import budget_key
from .errors import NeedsReauth, RefreshFailed
from .models import Connection, Status

log = structlog.get_logger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

# Of a caller's time for Harvest, so that some is left for the call itself.
_SHARE_OF_TIMEOUT = 0.75
_LONGEST_WAIT_SECONDS = 15.0
# Who has a token that is good for minutes yet does not wait longer for a newer one.
_WAIT_WITH_TOKEN_SECONDS = 2.0
_RETRY_SECONDS = 5.0
_CHECK_SECONDS = 10.0
# Another process asks Harvest: how often we look, and when we stop looking. A grant is waited for up to 90 s.
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.1, 1.0
_LONGEST_RENEWAL_SECONDS = 150.0
_LONGEST_STORING_SECONDS = 600.0

_under_way: dict[tuple[str, UUID], asyncio.Task[Credentials]] = {}


async def credentials(connection: Connection, *, margin: timedelta = vault.CALL_MARGIN) -> Credentials:
    """A token good for at least `margin`. Errors: NeedsReauth, RefreshInProgress, RefreshFailed."""
    return await settled(await _job(vault.look, connection, margin=margin))


async def renew(connection: Connection, *, rejected: Credentials, about: str) -> Credentials:
    """After a 401 for the call `about`: a newer token, or the rejected one, which works for other calls.

    Errors: NeedsReauth, RefreshInProgress, RefreshFailed.
    """
    return await settled(await _job(vault.look_again, connection, rejected=rejected), about=about)


async def revive(connection: Connection) -> Credentials | None:
    """Look whether one that must be linked again works after all. Errors: NeedsReauth, and those of `credentials`."""
    found = await _job(vault.look_at_ended, connection)
    return None if found is None else await settled(found)


def credentials_now(connection: Connection, *, margin: timedelta = vault.CALL_MARGIN) -> Credentials:
    """`credentials` for synchronous callers."""
    return _run(lambda: credentials(connection, margin=margin))


def revive_now(connection: Connection) -> Credentials | None:
    """`revive` for synchronous callers."""
    return _run(lambda: revive(connection))


def refresh_now(connection: Connection) -> None:
    """Renew whatever the state, for operators and `/refresh-credentials`; one that must be linked again may recover.

    Errors: NeedsReauth, RefreshInProgress, RefreshFailed.
    """

    async def work() -> Credentials:
        return await _renewed(await _job(vault.look_now, connection))

    _run(work)


async def settled(found: Credentials | vault.Due | vault.Doubtful, *, about: str = "") -> Credentials:
    """The token that was found, or what asking Harvest for one gives.

    Errors: NeedsReauth, RefreshInProgress, RefreshFailed.
    """
    match found:
        case vault.Due():
            return await _renewed(found)
        case vault.Doubtful():
            return await _joined("check", found.row, lambda: _check(found, about))
        case _:
            return found


async def _renewed(due: vault.Due) -> Credentials:
    """The newer tokens, as soon as they are there; the old ones when that takes long and they are still good."""
    if due.meanwhile is not None and ("renew", due.row.pk) in _under_way:
        return due.meanwhile
    try:
        return await _joined("renew", due.row, lambda: _renew(due), seconds=_max_wait(due))
    except (RefreshFailed, RefreshInProgress):
        if due.meanwhile is None:
            raise
        return due.meanwhile


async def _joined(
    what: str, row: Connection, work: Callable[[], Coroutine[Any, Any, Credentials]], *, seconds: float | None = None
) -> Credentials:
    """What `work` gives, or whoever began the same before us. Errors: RefreshInProgress after `seconds`."""
    key = (what, row.pk)
    task = _under_way.get(key)
    if task is None or task.done() or task.get_loop() is not asyncio.get_running_loop():
        task = _under_way[key] = sync_client.gateway().token_work(work())
        task.add_done_callback(lambda done: _forget(key, done))
    done, _ = await asyncio.wait({task}, timeout=_max_wait() if seconds is None else seconds)
    if done:
        return task.result()
    raise RefreshInProgress("Harvest is slow to renew this connection's tokens; try again.", retry_after=_RETRY_SECONDS)


def _forget(key: tuple[str, UUID], task: asyncio.Task[Credentials]) -> None:
    if _under_way.get(key) is task:
        del _under_way[key]


async def _renew(due: vault.Due) -> Credentials:
    """Ask Harvest, or wait for the process that does."""
    pause, until = _FIRST_PAUSE_SECONDS, time.monotonic() + _LONGEST_RENEWAL_SECONDS
    while time.monotonic() < until:
        found = await _job(renewal_steps.begin, due)
        if isinstance(found, renewal_steps.Turn):
            return await _ask(found)
        if found is not None:
            return found
        await asyncio.sleep(pause)
        pause = min(_LONGEST_PAUSE_SECONDS, pause * 1.5)
    raise RefreshInProgress("Another process does not come to an end of renewing.", retry_after=_RETRY_SECONDS)


async def _ask(turn: renewal_steps.Turn) -> Credentials:
    """The one request, and its answer into the row."""
    try:
        operation = refresh_access_token(turn.refresh_token)
        grant = await sync_client.gateway().perform(operation, deadline=settings.HARVEST_TIMEOUT_SECONDS)
    except HarvestError as error:
        if isinstance(error, HarvestGrantRefused) and error.reason == "invalid_grant":
            return await _job(renewal_steps.refuse, turn)
        raise await _job(renewal_steps.put_off, turn, error) from error
    else:
        return await _stored(turn, grant)
    finally:
        await _job(renewal_steps.over, turn)


async def _stored(turn: renewal_steps.Turn, grant: TokenGrant) -> Credentials:
    """Harvest has spent the old refresh token, so nobody gives up because the database is away just now."""
    until = time.monotonic() + _LONGEST_STORING_SECONDS
    while True:
        try:
            return await _job(renewal_steps.store, turn, grant)
        except outages() as error:
            if outage_of(error) is None or time.monotonic() > until:
                raise
        await asyncio.sleep(_LONGEST_PAUSE_SECONDS)


async def _check(doubtful: vault.Doubtful, about: str) -> Credentials:
    """Ask users/me. Only its 401 ends a connection, and only its 200 revives one.

    A token may end at any time after its renewal while the refresh token lives: it is renewed once more, and the
    newer ones have to be refused for a while before that is the end.
    """
    try:
        return await _asked_me(doubtful.row, doubtful.credentials, about)
    except HarvestUnauthorized:
        due = vault.once_more(doubtful)
    if due is None:
        return await _job(renewal_steps.end, doubtful.row)
    newer = await _renewed(due)
    row = await _job(token_rows.usable, doubtful.row)
    try:
        return await _asked_me(row, newer, about="")
    except HarvestUnauthorized as error:
        raise await _job(renewal_steps.refused_anew, row) from error


async def _asked_me(row: Connection, current: Credentials, about: str) -> Credentials:
    """The credentials, if users/me takes them or cannot tell. Errors: HarvestUnauthorized, NeedsReauth."""
    key = budget_key(grant_id=row.grant_id, harvest_account_id=row.harvest_account_id)
    source = StaticTokenSource(current.access_token, current.account_id, budget_key=key)
    try:
        await sync_client.gateway().perform(get_me(), source=source, deadline=_CHECK_SECONDS)
    except HarvestUnauthorized:
        raise
    except BridgeError as error:
        log.warning("cannot tell whether tokens work", connection=str(row.pk), code=error.code)
        if row.status == Status.NEEDS_REAUTH:
            raise NeedsReauth("This Harvest account must be linked again.", truto_is_remote_error=True) from error
        return current
    return await _job(renewal_steps.confirm, row, about)


def _max_wait(due: vault.Due | None = None) -> float:
    longest = min(_LONGEST_WAIT_SECONDS, settings.HARVEST_TIMEOUT_SECONDS * _SHARE_OF_TIMEOUT)
    return min(longest, _WAIT_WITH_TOKEN_SECONDS) if due is not None and due.meanwhile is not None else longest


async def _job(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """One step in the database, whose connection is given back after it."""

    def step() -> T:
        try:
            return work(*args, **kwargs)
        finally:
            let_go_of_database()

    return await in_callers_thread_or_another(step)


def _run(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    return sync_client.run(work, seconds=_LONGEST_RENEWAL_SECONDS)
