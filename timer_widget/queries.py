"""The state of a person's timer: what runs, how that is known, and the clicks that wait."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from harvest_bridge.api.outages import best_effort
from harvest_bridge.connections.errors import RefreshFailed
from harvest_bridge.connections.models import Status
from harvest_bridge.harvest.budgets import Lane
from harvest_bridge.harvest.errors import HarvestError, RefreshInProgress
from harvest_bridge.harvest.records import TimeEntry
from harvest_bridge.hosts.origins import origin_of
from harvest_bridge.hosts.queries import origins_of

from . import item_totals, last_known, news, shared_looks, state
from .access import Access, Harvest, access_of
from .errors import MustLinkAgain, passes_with_time
from .last_known import Known
from .models import Person
from .shared_looks import Look
from .shown_clicks import clicks_of
from .shown_forgotten import shown_forgotten
from .what_waits import Waiting, what_waits

# How long a deed that is done waits for what is shown beside it.
_LONGEST_BESIDE_SECONDS = 3.0
# What was read so lately is as good as read now, for a click that is kept.
_FRESH = timedelta(seconds=5)
# Clocks of machines are apart by less; a look that began so shortly after a click may not know of it.
_CLOCKS_APART = timedelta(seconds=1)
# Why an account connection that acts for a person cannot be asked.
_ACCOUNT_UNREADABLE = {"account_needs_reauth", "administrator_needed"}
# Whoever is no longer in the Harvest account has no timer there.
_GONE = "vanished"


def state_of(person: Person) -> dict[str, Any]:
    """The widget's whole state; one Harvest read at most, none for a person without a connection.

    While Harvest cannot be read, it is what was known last, and says so.
    """
    return _read_state(person, lambda harvest, known: _read_now(person, harvest, known))


def looked_at_state(
    person: Person, *, item_id: str = "", group_id: str = "", age: timedelta | None = None
) -> dict[str, Any]:
    """The same for a page that looks now and then: after every click, and for everybody of one account together.
    With an item also its total, for one more read.

    What was read, or clicked, within `age` is not asked for again; without it, what an account connection read within
    three seconds.
    """

    def read(harvest: Harvest, known: Known) -> Known:
        return _looked_at(person, harvest, known, age)

    return _read_state(person, read, item_id=item_id, group_id=group_id, is_answer=True)


def state_after_look(person: Person, access: Access, look: Look) -> tuple[bool, dict[str, Any] | None]:
    """What a look says of a person who is watching. Shape: whether it counts, as no click of theirs was done since;
    and the state if that is another than their pages have been told."""
    known = last_known.of(person)
    if known.is_newer_than(look.moment - _CLOCKS_APART):
        return False, None
    running = _shown_in(person, look, access.user_id)
    is_news = last_known.note(person, running, moment=look.moment, before=known)
    return True, _shown(person, access, Known(running, look.moment, known.version)) if is_news else None


def known_state(person: Person, access: Access, look: Look) -> dict[str, Any]:
    """The state by a look, for pages that were told that nothing can be read."""
    running = _shown_in(person, look, access.user_id)
    before = last_known.of(person)
    last_known.note(person, running, moment=look.moment, before=before)
    return _shown(person, access, Known(running, look.moment, before.version))


def kept_state(person: Person) -> dict[str, Any]:
    """The state without a question to Harvest: what was known last, and the clicks as they stand."""
    return unread_state(person, access_of(person), fresh_for=_FRESH)


def state_with(person: Person, harvest: Harvest, running: TimeEntry | None, *, entry_id: int | None) -> dict[str, Any]:
    """The same right after a click on the entry of this id, which has told us already what runs."""
    via = "account" if harvest.acts_for_another else "personal"
    access = Access(harvest.connection, harvest.user_id, via=via)
    is_ours = running is not None and (running.id == entry_id or _is_ours(person, running))
    now, shown = timezone.now(), state.shown_running(running, is_ours=is_ours)
    version = best_effort(lambda: last_known.note_after_click(person, shown, moment=now)) or 0
    return _shown(person, access, Known(shown, now, version))


def told_state(person: Person, *, leaves_running: bool = False) -> dict[str, Any] | None:
    """The state beside a deed that is done; None where it cannot be read now.

    Where the deed leaves what runs as it was, what was read lately is good enough.
    """
    age = shared_looks.fresh() if leaves_running else timedelta()

    def read(harvest: Harvest, known: Known) -> Known:
        quick = replace(harvest, timeout=_LONGEST_BESIDE_SECONDS)
        return _looked_at(person, quick, known, age) if leaves_running else _read_now(person, quick, known)

    told = best_effort(lambda: _read_state(person, read))
    return told if told is None or told["is_known"] else None


def belongs_to(person: Person, entry: TimeEntry) -> bool:
    """Was it started from this host app, by its link back or by our own record of the click?"""
    permalink = entry.external_reference.permalink if entry.external_reference else None
    if permalink is None or origin_of(permalink) in origins_of(person.host_app):
        return True
    return person.intents.filter(harvest_entry_id=entry.id).exists()


def _is_ours(person: Person, running: TimeEntry | None) -> bool:
    """Of nobody's item, while the database cannot tell. Without an item nothing of the answer depends on it."""
    if running is None or running.external_reference is None:
        return False
    return bool(best_effort(lambda: belongs_to(person, running)))


def _read_state(
    person: Person,
    read: Callable[[Harvest, Known], Known],
    *,
    item_id: str = "",
    group_id: str = "",
    is_answer: bool = False,
) -> dict[str, Any]:
    """`is_answer` says that nobody tells the person's other pages of it."""
    access = access_of(person)
    if access.status != Status.ACTIVE:
        return unread_state(person, access)
    try:
        known, harvest = best_effort(lambda: last_known.of(person)) or Known(), access.harvest()
        reading = read(harvest, known)
        total = partial(item_totals.read_total, harvest, item_id, group_id, version=known.version)
        item = best_effort(total) if item_id else None
    except MustLinkAgain:
        return unread_state(person, access_of(person))
    except (HarvestError, RefreshInProgress, RefreshFailed) as error:
        if not passes_with_time(error):
            raise
        return unread_state(person, access)
    if reading is known:
        return _shown(person, access, known) | {"item": item}
    told, is_news = _noted(person, access, reading, known)
    if is_news and is_answer:
        news.tell(person, told)
    return told | {"item": item}


def _noted(person: Person, access: Access, reading: Known, known: Known) -> tuple[dict[str, Any], bool]:
    """The state, and whether it is news. What was found out since by somebody else holds."""
    moment = reading.read_at or timezone.now()
    is_news = best_effort(lambda: last_known.note(person, reading.running, moment=moment, before=known))
    if not is_news and reading.running != known.running:
        newest = best_effort(lambda: last_known.of(person))
        reading = newest if newest is not None and newest.is_newer_than(moment) else reading
    return _shown(person, access, reading), bool(is_news)


def _read_now(person: Person, harvest: Harvest, known: Known) -> Known:
    moment, entry = timezone.now(), harvest.running_timer()
    return Known(state.shown_running(entry, is_ours=_is_ours(person, entry)), moment, known.version)


def _looked_at(person: Person, harvest: Harvest, known: Known, age: timedelta | None) -> Known:
    """The newest of what was read for everybody and what is known of this person by their clicks."""
    if age is None:
        age = shared_looks.NEWS if harvest.acts_for_another else timedelta()
    oldest = timezone.now() - age
    if known.is_newer_than(oldest) and not _is_looked_at_since(harvest, known):
        return known
    since = max(oldest, known.read_at) if known.read_at else oldest
    look = shared_looks.look_for(replace(harvest, lane=Lane.API), newer_than=since)
    return Known(_shown_in(person, look, harvest.user_id), look.moment, known.version)


def _is_looked_at_since(harvest: Harvest, known: Known) -> bool:
    scope = shared_looks.scope_for(harvest.connection, harvest.user_id, is_account=harvest.acts_for_another)
    looked_at = shared_looks.note_of(scope).moment
    return looked_at is not None and not known.is_newer_than(looked_at)


def _shown_in(person: Person, look: Look, user_id: int) -> dict[str, Any] | None:
    entry = look.entries.get(user_id)
    return state.shown_running(entry, is_ours=_is_ours(person, entry))


def unread_state(person: Person, access: Access, *, fresh_for: timedelta = timedelta()) -> dict[str, Any]:
    """What was known last; of somebody who has never linked, or has left, nothing runs, and that is known."""
    known = last_known.of(person)
    if access.connection is None and not _may_run_on(access, known):
        return _shown(person, access, Known(None, timezone.now()))
    is_fresh = access.status == Status.ACTIVE and known.is_newer_than(timezone.now() - fresh_for)
    return _shown(person, access, known, is_known=is_fresh)


def _may_run_on(access: Access, known: Known) -> bool:
    """Whoever took away the connection, or the match, stopped no timer."""
    if access.reason == _GONE:
        return False
    return known.running is not None or access.reason in _ACCOUNT_UNREADABLE


def _shown(person: Person, access: Access, reading: Known, *, is_known: bool = True) -> dict[str, Any]:
    connection = access.connection
    waiting = best_effort(lambda: what_waits(person)) or Waiting(has_clicks=False, has_forgotten=False)
    told = best_effort(lambda: clicks_of(person)) if waiting.has_clicks else None
    told = told or {"clicks": [], "notices": []}
    forgotten = _forgotten(person, reading, told["clicks"]) if waiting.has_forgotten else []
    return {
        "person": {"id": person.user_id, "name": person.name, "email": person.email},
        "connection": {
            "status": access.status,
            "via": access.via,
            "reason": access.reason,
            "harvest_account_name": connection.harvest_account_name if connection else None,
            "timesheet_url": (connection.timesheet_url or None) if connection else None,
        },
        "running": reading.running,
        "item": None,
        "is_known": is_known,
        "read_at": state.iso(reading.read_at),
        "version": reading.version,
        **told,
        "forgotten": forgotten,
        "server_now": state.iso(timezone.now()),
    }


def _forgotten(person: Person, reading: Known, clicks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return best_effort(lambda: shown_forgotten(person, reading.running, clicks)) or []
