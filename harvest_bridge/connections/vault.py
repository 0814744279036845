"""The token vault: is there a token that is good for a call, and what does it take to have one?

Tokens are sealed at rest (`token_rows.py`), opened for a call and refreshed once before they expire: `renewal_steps.py`
holds the steps of that in the database, and `renewal.py` puts them together and asks Harvest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from harvest_bridge.harvest.credentials import Credentials

from .errors import NeedsReauth, RefreshFailed
from .models import Connection, Status
from .states import Because
from .token_rows import current_row, needs_reauth, open_credentials, same_tokens, usable

# A call needs a token that outlives it; the worker renews long before, so that callers seldom wait for it.
CALL_MARGIN = timedelta(minutes=5)
REFRESH_AHEAD = timedelta(hours=1)
# A token that Harvest refuses so soon after a renewal will not get better by another one.
STILL_FRESH = timedelta(minutes=10)
# While users/me refuses even tokens that were just issued: how often they are renewed.
REFUSED_PAUSE = timedelta(seconds=10)
# That a token works is believed for as long as it had lived when users/me said so, within these bounds.
_SHORTEST_BELIEF, _LONGEST_BELIEF = timedelta(seconds=1), timedelta(seconds=10)
# How often a connection that must be linked again is looked at, by what ended it.
_LOOK_EVERY = {Because.UNAUTHORIZED: timedelta(minutes=1), Because.REFRESH_REFUSED: timedelta(hours=1)}
# Whoever is not linked again after so long will not come back by itself.
_HOPE = timedelta(days=3)
NOT_NOW = "Harvest cannot renew this connection's tokens at the moment; nothing was sent. Try again."
REFUSED = "Harvest refuses even the token that it has just issued for this connection; nothing was done. Try again."


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


def look(connection: Connection, *, margin: timedelta = CALL_MARGIN) -> Credentials | Due | Doubtful:
    """A token good for at least `margin`, or what it takes to have one. Errors: NeedsReauth, RefreshFailed."""
    row = current_row(connection)
    if row.status == Status.NEEDS_REAUTH:
        return _doubtful(row)
    if row.refused_since is not None:
        return _suspect(row)
    expires_at, now = row.access_token_expires_at, timezone.now()
    if expires_at is None or now < expires_at - margin:
        return open_credentials(row)
    if now >= expires_at:
        check_back_off(row)
        return Due(row)
    return open_credentials(row) if _is_backing_off(row) else Due(row, meanwhile=open_credentials(row))


def look_again(connection: Connection, *, rejected: Credentials) -> Credentials | Due | Doubtful:
    """After a 401: a newer generation than the rejected one, the rejected one if it is known to work, or what it takes.

    Harvest is asked for a newer one at most once per generation. Errors: NeedsReauth, RefreshFailed.
    """
    row = usable(connection)
    if row.refused_since is not None:
        return _suspect(row)
    if row.token_generation > rejected.generation:
        return open_credentials(row)
    if not _is_hopeless(row):
        check_back_off(row)
        return Due(row, is_forced=True)
    return rejected if _is_known_to_work(row) else Doubtful(row, rejected)


def once_more(doubtful: Doubtful) -> Due | None:
    """Whether a renewal may yet save a connection whose token users/me refuses: its refresh token may still work."""
    row = doubtful.row
    return Due(row, is_forced=True) if row.sealed_refresh_token and row.status != Status.NEEDS_REAUTH else None


def look_at_ended(connection: Connection) -> Doubtful | Due | None:
    """What could revive a connection that must be linked again; None if nothing, or if that was tried lately."""
    row = current_row(connection)
    if not _claims_look(row):
        return None
    is_refused = _because(row) == Because.UNAUTHORIZED
    if is_refused and (row.access_token_expires_at is None or timezone.now() < row.access_token_expires_at):
        return Doubtful(row, open_credentials(row))
    return Due(row) if row.sealed_refresh_token else None


def look_now(connection: Connection) -> Due:
    """Renew whatever the state. Errors: NeedsReauth, RefreshFailed."""
    row = Connection.objects.get(pk=connection.pk)
    if not row.sealed_refresh_token:
        raise NeedsReauth("There is nothing to renew: this connection has no refresh token. Link it again instead.")
    check_back_off(row)
    return Due(row)


def refresh_due(*, now: datetime) -> list[Connection]:
    """Active connections whose token ends soon, or is in doubt, for the worker."""
    due = Q(access_token_expires_at__lt=now + REFRESH_AHEAD) | Q(refused_since__isnull=False)
    return list(Connection.objects.filter(due, status=Status.ACTIVE, disconnected_at=None))


def lately_ended(*, now: datetime) -> list[Connection]:
    """Those that must be linked again since a short time, for the worker: Harvest may have been mistaken."""
    ended = Connection.objects.filter(status=Status.NEEDS_REAUTH, disconnected_at=None)
    return list(ended.filter(updated_at__gt=now - _HOPE))


def _doubtful(row: Connection) -> Doubtful:
    """To ask users/me is cheap and harms nothing, so callers may revive what a 401 ended. Errors: NeedsReauth."""
    expires_at = row.access_token_expires_at
    may_work = expires_at is None or timezone.now() < expires_at
    if _because(row) == Because.UNAUTHORIZED and may_work and _claims_look(row):
        return Doubtful(row, open_credentials(row))
    raise needs_reauth()


def _suspect(row: Connection) -> Doubtful:
    """Harvest refused tokens that it had just issued, so users/me is asked before the next is used.

    Errors: RefreshFailed.
    """
    check_back_off(row)
    return Doubtful(row, open_credentials(row))


def _is_known_to_work(row: Connection) -> bool:
    """Whether users/me took the token lately. One that had just been issued then may end as soon again."""
    if row.checked_at is None:
        return False
    had_lived = _LONGEST_BELIEF if row.last_refreshed_at is None else row.checked_at - row.last_refreshed_at
    return timezone.now() - row.checked_at < max(_SHORTEST_BELIEF, min(had_lived, _LONGEST_BELIEF))


def _claims_look(row: Connection) -> bool:
    """Whether it is time to look at an ended connection, and ours to do it."""
    due = Q(checked_at=None) | Q(checked_at__lt=timezone.now() - _LOOK_EVERY[_because(row)])
    ended = same_tokens(row).filter(due, status=Status.NEEDS_REAUTH)
    return bool(row.sealed_access_token) and bool(ended.update(checked_at=timezone.now()))


def _because(row: Connection) -> Because:
    return Because((row.last_error or {}).get("because", Because.REFRESH_REFUSED))


def check_back_off(row: Connection) -> None:
    """Errors: RefreshFailed."""
    if row.refresh_not_before is not None and _is_backing_off(row):
        wait = (row.refresh_not_before - timezone.now()).total_seconds()
        why = NOT_NOW if row.refused_since is None else REFUSED
        raise RefreshFailed(why, retry_after=max(wait, 0.0), truto_is_remote_error=True)


def _is_backing_off(row: Connection) -> bool:
    return row.refresh_not_before is not None and timezone.now() < row.refresh_not_before


def _is_hopeless(row: Connection) -> bool:
    if not row.sealed_refresh_token:
        return True
    is_fresh = row.last_refreshed_at is not None and timezone.now() - row.last_refreshed_at < STILL_FRESH
    return row.forced_generation == row.token_generation and is_fresh
