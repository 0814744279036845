"""The token vault: tokens of a connection sealed at rest, opened for a call, refreshed once before they expire.

Here is what the database does for that, in short steps between which nothing is held but the lock of a renewal
(`api/locks.py`); `renewal.py` puts them together and asks Harvest. The row is the authority: `token_generation` counts
renewals, and only the holder of the current generation writes the next. `refresh_started_at`, committed before Harvest
is asked, tells after a crash that a renewal was cut off; `refresh_not_before` keeps all processes from asking again.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.db.models import Q, QuerySet
from django.utils import timezone

from harvest_bridge.api import locks
from harvest_bridge.crypto.ring import key_ring
from harvest_bridge.harvest.credentials import Credentials
from harvest_bridge.harvest.errors import HarvestError
from harvest_bridge.harvest.records import TokenGrant
from harvest_bridge.metrics import REFRESHES

from . import states
from .errors import NeedsReauth, RefreshFailed
from .models import Connection, Status
from .states import Because

log = structlog.get_logger(__name__)

# A call needs a token that outlives it; the worker renews long before, so that callers seldom wait for it.
CALL_MARGIN = timedelta(minutes=5)
REFRESH_AHEAD = timedelta(hours=1)
# A token that Harvest refuses so soon after a renewal will not get better by another one.
STILL_FRESH = timedelta(minutes=10)
# While users/me refuses even tokens that were just issued: how often they are renewed, and when that is the end.
REFUSED_PAUSE, LONGEST_REFUSED = timedelta(seconds=10), timedelta(seconds=30)
# That a token works is believed for as long as it had lived when users/me said so, within these bounds.
_SHORTEST_BELIEF, _LONGEST_BELIEF = timedelta(seconds=1), timedelta(seconds=10)
# How often a connection that must be linked again is looked at, by what ended it.
_LOOK_EVERY = {Because.UNAUTHORIZED: timedelta(minutes=1), Because.REFRESH_REFUSED: timedelta(hours=1)}
# Whoever is not linked again after so long will not come back by itself.
_HOPE = timedelta(days=3)
_LONGEST_BACK_OFF_SECONDS = 15.0


@dataclass(frozen=True)
class Due:
    """Harvest has to be asked for newer tokens; `meanwhile` are the old ones, as long as they are good."""

    row: Connection
    is_forced: bool = False
    meanwhile: Credentials | None = None


@dataclass(frozen=True)
class Doubtful:
    """Harvest refused these tokens, or did once; users/me has to tell whether it takes them."""

    row: Connection
    credentials: Credentials


@dataclass(frozen=True)
class Turn:
    """We are the one to ask Harvest, and hold the lock until `over`."""

    row: Connection
    refresh_token: str = field(repr=False)
    is_forced: bool


def seal_grant(connection: Connection, grant: TokenGrant, *, now: datetime) -> dict[str, object]:
    """The fields that store `grant` on this connection's row; the refresh token that came back always wins."""
    ring = key_ring()
    return {
        "sealed_access_token": ring.seal(grant.access_token, bound_to=connection.binding("access token")),
        "sealed_refresh_token": ring.seal(grant.refresh_token, bound_to=connection.binding("refresh token")),
        "access_token_expires_at": now + timedelta(seconds=grant.expires_in),
        "last_refreshed_at": now,
        "refresh_started_at": None,
        "refresh_failures": 0,
        "refresh_not_before": None,
        "checked_at": None,
        "refused_since": None,
        "updated_at": now,
    }


def look(connection: Connection, *, margin: timedelta = CALL_MARGIN) -> Credentials | Due | Doubtful:
    """A token good for at least `margin`, or what it takes to have one. Errors: NeedsReauth, RefreshFailed."""
    row = _row(connection)
    if row.status == Status.NEEDS_REAUTH:
        return _doubtful(row)
    if row.refused_since is not None:
        return _suspect(row)
    expires_at, now = row.access_token_expires_at, timezone.now()
    if expires_at is None or now < expires_at - margin:
        return _open(row)
    if now >= expires_at:
        _check_back_off(row)
        return Due(row)
    return _open(row) if _is_backing_off(row) else Due(row, meanwhile=_open(row))


def look_again(connection: Connection, *, rejected: Credentials) -> Credentials | Due | Doubtful:
    """After a 401: a newer generation than the rejected one, the rejected one if it is known to work, or what it takes.

    Harvest is asked for a newer one at most once per generation. Errors: NeedsReauth, RefreshFailed.
    """
    row = usable(connection)
    if row.refused_since is not None:
        return _suspect(row)
    if row.token_generation > rejected.generation:
        return _open(row)
    if not _is_hopeless(row):
        _check_back_off(row)
        return Due(row, is_forced=True)
    return rejected if _is_known_to_work(row) else Doubtful(row, rejected)


def once_more(doubtful: Doubtful) -> Due | None:
    """Whether a renewal may yet save a connection whose token users/me refuses: its refresh token may still work."""
    row = doubtful.row
    return Due(row, is_forced=True) if row.sealed_refresh_token and row.status != Status.NEEDS_REAUTH else None


def look_at_ended(connection: Connection) -> Doubtful | Due | None:
    """What could revive a connection that must be linked again; None if nothing, or if that was tried lately."""
    row = _row(connection)
    if not _claims_look(row):
        return None
    is_refused = _because(row) == Because.UNAUTHORIZED
    if is_refused and (row.access_token_expires_at is None or timezone.now() < row.access_token_expires_at):
        return Doubtful(row, _open(row))
    return Due(row) if row.sealed_refresh_token else None


def look_now(connection: Connection) -> Due:
    """Renew whatever the state. Errors: NeedsReauth, RefreshFailed."""
    row = Connection.objects.get(pk=connection.pk)
    if not row.sealed_refresh_token:
        raise NeedsReauth("There is nothing to renew: this connection has no refresh token. Link it again instead.")
    _check_back_off(row)
    return Due(row)


def begin(due: Due) -> Credentials | Turn | None:
    """Our turn, with the lock; None while another process has it; the tokens if somebody else has renewed them.

    Errors: NeedsReauth, RefreshFailed.
    """
    is_ours = locks.acquire(_lock(due.row))
    turn: Turn | None = None
    try:
        current = Connection.objects.get(pk=due.row.pk)
        if (current.token_generation, current.status) != (due.row.token_generation, due.row.status):
            return _open(usable(current))  # somebody else has the answer, good or bad
        if is_ours:
            _check_back_off(current)
            refresh_token = key_ring().open(current.sealed_refresh_token, bound_to=current.binding("refresh token"))
            _same(current).update(refresh_started_at=timezone.now())
            turn = Turn(current, refresh_token, due.is_forced)
        return turn
    finally:
        if is_ours and turn is None:
            locks.release(_lock(due.row))


def store(turn: Turn, grant: TokenGrant) -> Credentials:
    """Errors: NeedsReauth if it was disconnected meanwhile."""
    REFRESHES.labels("renewed").inc()
    row, newer = turn.row, turn.row.token_generation + 1
    fields = seal_grant(row, grant, now=timezone.now())
    fields |= {"token_generation": newer, "refused_since": row.refused_since}
    fields |= {"forced_generation": newer} if turn.is_forced else {}
    if _same(row).update(**fields):
        states.works(row)
        log.info("tokens refreshed", connection=str(row.pk), generation=newer)
    return _open(usable(row))


def refuse(turn: Turn) -> Credentials:
    """Harvest does not know the refresh token. Newer credentials if there are some. Errors: NeedsReauth."""
    REFRESHES.labels("refused").inc()
    states.needs_reauth(turn.row, _refusal(turn.row), because=Because.REFRESH_REFUSED)
    return _open(usable(turn.row))


def put_off(turn: Turn, error: HarvestError) -> RefreshFailed:
    """Nobody asks again for a while, longer after every failure; returns what callers are told."""
    REFRESHES.labels("failed").inc()
    failures = turn.row.refresh_failures + 1
    back_off = min(_LONGEST_BACK_OFF_SECONDS, 2.0 ** min(failures - 1, 10)) * random.uniform(0.8, 1)  # noqa: S311
    wait = max(back_off, min(error.retry_after or 0.0, 60.0))
    until = timezone.now() + timedelta(seconds=wait)
    _same(turn.row).update(refresh_started_at=None, refresh_failures=failures, refresh_not_before=until)
    log.warning("token refresh failed", connection=str(turn.row.pk), code=error.code, failures=failures)
    return RefreshFailed(_NOT_NOW, retry_after=wait, truto_is_remote_error=True)


def over(turn: Turn) -> None:
    locks.release(_lock(turn.row))


def end(row: Connection) -> Credentials:
    """users/me says 401 too. Newer credentials if there are some. Errors: NeedsReauth."""
    if row.status != Status.NEEDS_REAUTH:
        reason = "Harvest refuses even the newest token: the person or the account may be archived."
        states.needs_reauth(row, reason, because=Because.UNAUTHORIZED)
    return _open(usable(row))


def refused_anew(row: Connection) -> RefreshFailed:
    """users/me refuses even the token that was just issued: nobody renews it again for a while.

    Returns what callers are told. Errors: NeedsReauth, once that has gone on for LONGEST_REFUSED.
    """
    now = timezone.now()
    if row.refused_since is not None and now - row.refused_since >= LONGEST_REFUSED:
        end(row)
    until = now + REFUSED_PAUSE
    _same(row).update(refused_since=row.refused_since or now, refresh_not_before=until)
    log.warning("Harvest refuses a token that it has just issued", connection=str(row.pk))
    return RefreshFailed(_REFUSED, retry_after=REFUSED_PAUSE.total_seconds(), truto_is_remote_error=True)


def confirm(row: Connection, about: str) -> Credentials:
    """users/me takes the token: what was refused is the call `about`, or nothing if that is empty.

    A connection that had ended, or whose tokens were in doubt, works again.
    """
    if row.status == Status.NEEDS_REAUTH:
        states.alive(row)
    elif about and row.refused_since is None:
        states.call_refused(row, about)
    else:
        _same(row).update(checked_at=timezone.now(), refused_since=None, refresh_not_before=None)
    return _open(usable(row))


def refresh_due(*, now: datetime) -> list[Connection]:
    """Active connections whose token ends soon, or is in doubt, for the worker."""
    due = Q(access_token_expires_at__lt=now + REFRESH_AHEAD) | Q(refused_since__isnull=False)
    return list(Connection.objects.filter(due, status=Status.ACTIVE, disconnected_at=None))


def lately_ended(*, now: datetime) -> list[Connection]:
    """Those that must be linked again since a short time, for the worker: Harvest may have been mistaken."""
    ended = Connection.objects.filter(status=Status.NEEDS_REAUTH, disconnected_at=None)
    return list(ended.filter(updated_at__gt=now - _HOPE))


_NOT_NOW = "Harvest cannot renew this connection's tokens at the moment; nothing was sent. Try again."
_REFUSED = "Harvest refuses even the token that it has just issued for this connection; nothing was done. Try again."


def _doubtful(row: Connection) -> Doubtful:
    """To ask users/me is cheap and harms nothing, so callers may revive what a 401 ended. Errors: NeedsReauth."""
    expires_at = row.access_token_expires_at
    may_work = expires_at is None or timezone.now() < expires_at
    if _because(row) == Because.UNAUTHORIZED and may_work and _claims_look(row):
        return Doubtful(row, _open(row))
    raise _needs_reauth()


def _suspect(row: Connection) -> Doubtful:
    """Harvest refused tokens that it had just issued, so users/me is asked before the next is used.

    Errors: RefreshFailed.
    """
    _check_back_off(row)
    return Doubtful(row, _open(row))


def _is_known_to_work(row: Connection) -> bool:
    """Whether users/me took the token lately. One that had just been issued then may end as soon again."""
    if row.checked_at is None:
        return False
    had_lived = _LONGEST_BELIEF if row.last_refreshed_at is None else row.checked_at - row.last_refreshed_at
    return timezone.now() - row.checked_at < max(_SHORTEST_BELIEF, min(had_lived, _LONGEST_BELIEF))


def _claims_look(row: Connection) -> bool:
    """Whether it is time to look at an ended connection, and ours to do it."""
    due = Q(checked_at=None) | Q(checked_at__lt=timezone.now() - _LOOK_EVERY[_because(row)])
    ended = _same(row).filter(due, status=Status.NEEDS_REAUTH)
    return bool(row.sealed_access_token) and bool(ended.update(checked_at=timezone.now()))


def _because(row: Connection) -> Because:
    return Because((row.last_error or {}).get("because", Because.REFRESH_REFUSED))


def _check_back_off(row: Connection) -> None:
    """Errors: RefreshFailed."""
    if row.refresh_not_before is not None and _is_backing_off(row):
        wait = (row.refresh_not_before - timezone.now()).total_seconds()
        why = _NOT_NOW if row.refused_since is None else _REFUSED
        raise RefreshFailed(why, retry_after=max(wait, 0.0), truto_is_remote_error=True)


def _is_backing_off(row: Connection) -> bool:
    return row.refresh_not_before is not None and timezone.now() < row.refresh_not_before


def _refusal(row: Connection) -> str:
    """A refresh that was under way when its process died may have used up the refresh token."""
    if row.refresh_started_at is not None:
        return "Harvest refused the refresh token; an earlier renewal was cut off before its answer was stored."
    return "Harvest refused the refresh token: access was revoked, or not used for too long."


def _is_hopeless(row: Connection) -> bool:
    if not row.sealed_refresh_token:
        return True
    is_fresh = row.last_refreshed_at is not None and timezone.now() - row.last_refreshed_at < STILL_FRESH
    return row.forced_generation == row.token_generation and is_fresh


def _row(connection: Connection) -> Connection:
    """As it is now. Errors: NeedsReauth for one that was disconnected meanwhile."""
    row = Connection.objects.filter(pk=connection.pk, disconnected_at=None).first()
    if row is None:
        raise _needs_reauth()
    return row


def usable(connection: Connection) -> Connection:
    """Errors: NeedsReauth."""
    row = _row(connection)
    if row.status == Status.NEEDS_REAUTH:
        raise _needs_reauth()
    return row


def _needs_reauth() -> NeedsReauth:
    return NeedsReauth(
        "This Harvest account must be linked again: make a link token with its integrated_account_id and open the "
        "connect page.",
        truto_is_remote_error=True,
    )


def _same(row: Connection) -> QuerySet[Connection]:
    """The row as long as it has the same tokens: whoever lost the lock cannot overwrite newer ones."""
    return Connection.objects.filter(pk=row.pk, token_generation=row.token_generation, disconnected_at=None)


def _lock(row: Connection) -> str:
    return f"refresh {row.pk}"


def _open(row: Connection) -> Credentials:
    token = key_ring().open(row.sealed_access_token, bound_to=row.binding("access token"))
    return Credentials(access_token=token, account_id=str(row.harvest_account_id), generation=row.token_generation)
