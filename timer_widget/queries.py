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

from . import item_totals, person_states, running_timers, state
from .access import Access, Harvest, access_of
from .attention import Attention, needs_attention
from .errors import MustLinkAgain, passes_with_time
from .forgotten_timers import serialize_forgotten
from .live import publishing
from .models import Person
from .person_states import KnownTimer
from .running_timers import RunningTimers
from .unsettled_clicks import unsettled_clicks

# How long a click that is done waits for the state in its answer.
_LONGEST_STATE_SECONDS = 3.0
# A reading of this age counts as current for a click that is stored, not sent.
_FRESH = timedelta(seconds=5)
# Clocks of machines differ by less; a poll that began so shortly after a click may not know of it.
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


def cached_state(
    person: Person, *, item_id: str = "", group_id: str = "", age: timedelta | None = None
) -> dict[str, Any]:
    """The same for a page that asks now and then, from timers read for the whole account if they are recent enough.
    With an item also its total, for one more read.

    `age` is how old the reading may be; by default three seconds through an account connection.
    """

    def read(harvest: Harvest, known: KnownTimer) -> KnownTimer:
        return _recent(person, harvest, known, age)

    return _read_state(person, read, item_id=item_id, group_id=group_id, is_answer=True)


def change_from_poll(person: Person, access: Access, timers: RunningTimers) -> tuple[bool, dict[str, Any] | None]:
    """The change that a poll found for a person with open pages. Shape: whether the poll is newer than their last
    click, and the state to publish, or None if their pages show it already."""
    known = person_states.of(person)
    if known.is_newer_than(timers.moment - _CLOCKS_APART):
        return False, None
    running = _shown_in(person, timers, access.user_id)
    is_news = person_states.save(person, running, moment=timers.moment, before=known)
    return True, _shown(person, access, KnownTimer(running, timers.moment, known.version)) if is_news else None


def state_from_poll(person: Person, access: Access, timers: RunningTimers) -> dict[str, Any]:
    """The state according to a poll, for pages that were told that Harvest cannot be read."""
    running = _shown_in(person, timers, access.user_id)
    before = person_states.of(person)
    person_states.save(person, running, moment=timers.moment, before=before)
    return _shown(person, access, KnownTimer(running, timers.moment, before.version))


def stored_state(person: Person) -> dict[str, Any]:
    """The state without a call to Harvest: the timer that was known last, and the clicks as they are now."""
    return last_known_state(person, access_of(person), fresh_for=_FRESH)


def state_with_running(
    person: Person, harvest: Harvest, running: TimeEntry | None, *, entry_id: int | None
) -> dict[str, Any]:
    """The state right after a click on the entry of this id, whose answer said what runs."""
    via = "account" if harvest.acts_for_another else "personal"
    access = Access(harvest.connection, harvest.user_id, via=via)
    is_ours = running is not None and (running.id == entry_id or _is_ours(person, running))
    now, shown = timezone.now(), state.serialize_running(running, is_ours=is_ours)
    version = best_effort(lambda: person_states.save_after_click(person, shown, moment=now)) or 0
    return _shown(person, access, KnownTimer(shown, now, version))


def state_after_click(person: Person, *, leaves_running: bool = False) -> dict[str, Any] | None:
    """The state that goes with the answer to a click; None if it cannot be read now.

    A click that leaves the running timer alone needs no new read.
    """
    age = running_timers.max_age() if leaves_running else timedelta()

    def read(harvest: Harvest, known: KnownTimer) -> KnownTimer:
        quick = replace(harvest, timeout=_LONGEST_STATE_SECONDS)
        return _recent(person, quick, known, age) if leaves_running else _read_now(person, quick, known)

    told = best_effort(lambda: _read_state(person, read))
    return told if told is None or told["is_known"] else None


def belongs_to(person: Person, entry: TimeEntry) -> bool:
    """Was it started from this host app, by its link back or by our own record of the click?"""
    permalink = entry.external_reference.permalink if entry.external_reference else None
    if permalink is None or origin_of(permalink) in origins_of(person.host_app):
        return True
    return person.intents.filter(harvest_entry_id=entry.id).exists()


def _is_ours(person: Person, running: TimeEntry | None) -> bool:
    """False while the database is down. Without an item the answer does not depend on it."""
    if running is None or running.external_reference is None:
        return False
    return bool(best_effort(lambda: belongs_to(person, running)))


def _read_state(
    person: Person,
    read: Callable[[Harvest, KnownTimer], KnownTimer],
    *,
    item_id: str = "",
    group_id: str = "",
    is_answer: bool = False,
) -> dict[str, Any]:
    """`is_answer`: the caller only answers a request, so a change is published to the person's other pages here."""
    access = access_of(person)
    if access.status != Status.ACTIVE:
        return last_known_state(person, access)
    try:
        known, harvest = best_effort(lambda: person_states.of(person)) or KnownTimer(), access.harvest()
        reading = read(harvest, known)
        total = partial(item_totals.read_total, harvest, item_id, group_id, version=known.version)
        item = best_effort(total) if item_id else None
    except MustLinkAgain:
        return last_known_state(person, access_of(person))
    except (HarvestError, RefreshInProgress, RefreshFailed) as error:
        if not passes_with_time(error):
            raise
        return last_known_state(person, access)
    if reading is known:
        return _shown(person, access, known) | {"item": item}
    told, is_news = _noted(person, access, reading, known)
    if is_news and is_answer:
        publishing.publish_state(person, told)
    return told | {"item": item}


def _noted(person: Person, access: Access, reading: KnownTimer, known: KnownTimer) -> tuple[dict[str, Any], bool]:
    """The state, and whether it changed. A newer reading that another process has saved wins."""
    moment = reading.read_at or timezone.now()
    is_news = best_effort(lambda: person_states.save(person, reading.running, moment=moment, before=known))
    if not is_news and reading.running != known.running:
        newest = best_effort(lambda: person_states.of(person))
        reading = newest if newest is not None and newest.is_newer_than(moment) else reading
    return _shown(person, access, reading), bool(is_news)


def _read_now(person: Person, harvest: Harvest, known: KnownTimer) -> KnownTimer:
    moment, entry = timezone.now(), harvest.running_timer()
    return KnownTimer(state.serialize_running(entry, is_ours=_is_ours(person, entry)), moment, known.version)


def _recent(person: Person, harvest: Harvest, known: KnownTimer, age: timedelta | None) -> KnownTimer:
    """The newer of the account's polled timers and the timer saved for this person."""
    if age is None:
        age = running_timers.FRESH_FOR if harvest.acts_for_another else timedelta()
    oldest = timezone.now() - age
    if known.is_newer_than(oldest) and not _is_polled_since(harvest, known):
        return known
    since = max(oldest, known.read_at) if known.read_at else oldest
    timers = running_timers.get_or_read(replace(harvest, lane=Lane.API), newer_than=since)
    return KnownTimer(_shown_in(person, timers, harvest.user_id), timers.moment, known.version)


def _is_polled_since(harvest: Harvest, known: KnownTimer) -> bool:
    scope = running_timers.scope_for(harvest.connection, harvest.user_id, is_account=harvest.acts_for_another)
    looked_at = running_timers.poll_status(scope).moment
    return looked_at is not None and not known.is_newer_than(looked_at)


def _shown_in(person: Person, timers: RunningTimers, user_id: int) -> dict[str, Any] | None:
    entry = timers.entries.get(user_id)
    return state.serialize_running(entry, is_ours=_is_ours(person, entry))


def last_known_state(person: Person, access: Access, *, fresh_for: timedelta = timedelta()) -> dict[str, Any]:
    """The timer that was known last. Whoever never linked, or has left the account, certainly has none."""
    known = person_states.of(person)
    if access.connection is None and not _may_run_on(access, known):
        return _shown(person, access, KnownTimer(None, timezone.now()))
    is_fresh = access.status == Status.ACTIVE and known.is_newer_than(timezone.now() - fresh_for)
    return _shown(person, access, known, is_known=is_fresh)


def _may_run_on(access: Access, known: KnownTimer) -> bool:
    """Removing the connection or the match does not stop a timer in Harvest."""
    if access.reason == _GONE:
        return False
    return known.running is not None or access.reason in _ACCOUNT_UNREADABLE


def _shown(person: Person, access: Access, reading: KnownTimer, *, is_known: bool = True) -> dict[str, Any]:
    connection = access.connection
    waiting = best_effort(lambda: needs_attention(person)) or Attention(has_clicks=False, has_forgotten=False)
    told = best_effort(lambda: unsettled_clicks(person)) if waiting.has_clicks else None
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


def _forgotten(person: Person, reading: KnownTimer, clicks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return best_effort(lambda: serialize_forgotten(person, reading.running, clicks)) or []
