"""What a person has in Harvest: connection, running timer, time on an item, projects."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, TypeVar

from django.core.cache import caches
from django.utils import timezone

from harvest_bridge.api import admissions
from harvest_bridge.api.outages import best_effort
from harvest_bridge.connections import calls
from harvest_bridge.connections.errors import NeedsReauth, RefreshFailed
from harvest_bridge.connections.models import Connection, Status
from harvest_bridge.connections.queries import personal_connection
from harvest_bridge.harvest.budgets import Lane
from harvest_bridge.harvest.errors import HarvestError, HarvestMalformed, RefreshInProgress
from harvest_bridge.harvest.operations import (
    Operation,
    get_me,
    get_user,
    list_my_project_assignments,
    list_project_assignments,
    list_time_entries,
)
from harvest_bridge.harvest.pages import Page, Position, walk_pages
from harvest_bridge.harvest.records import ProjectAssignment, TimeEntry
from harvest_bridge.harvest.timezones import zone_named
from harvest_bridge.hosts.origins import origin_of
from harvest_bridge.hosts.queries import origins_of
from harvest_bridge.unified.identities.queries import acting_as

from . import last_known, shared_looks, state
from .errors import MustLinkAgain, NotLinked, passes_with_time
from .models import Person
from .shown_clicks import clicks_of

T = TypeVar("T")
_PAGE = 2000
_MAX_PAGES = 10
_ZONE_SECONDS = 3600
# How long a deed that is done waits for what is shown beside it.
_LONGEST_BESIDE_SECONDS = 3.0
# What was read so lately is as good as read now, for a click that is kept.
_FRESH = timedelta(seconds=5)


@dataclass(frozen=True)
class Harvest:
    """Harvest as one linked person: calls in `lane`, and every list here narrowed to their own entries."""

    connection: Connection
    # Whose time it is: the linker's own, or that of the person for whom an account connection acts.
    user_id: int
    acts_for_another: bool = False
    timeout: float | None = None
    lane: Lane = Lane.TIMER

    @property
    def writes_for(self) -> int | None:
        """Whom a new entry has to name; nobody where Harvest takes it for the linker's anyway."""
        return self.user_id if self.acts_for_another else None

    @property
    def access_roles(self) -> tuple[str, ...]:
        """The person's own rights; an administrator's are not lent to those for whom their connection acts."""
        return () if self.acts_for_another else tuple(self.connection.access_roles)

    def send(self, operation: Operation[T]) -> T:
        """Errors: MustLinkAgain and the HarvestError tree."""
        try:
            return calls.send(self.connection, operation, lane=self.lane, timeout=self.timeout)
        except NeedsReauth as error:
            raise MustLinkAgain("Your Harvest connection has ended; connect Harvest once more.") from error

    def running_timer(self) -> TimeEntry | None:
        """Never looked up by date: a timer may run past midnight.

        Errors: HarvestMalformed for one that cannot be read, which must not pass for none, besides those of `send`.
        """
        page = self.send(list_time_entries(user_id=self.user_id, is_running=True, per_page=1))
        if page.unreadable:
            raise HarvestMalformed("Harvest sent a running timer that cannot be read.")
        return page.items[0] if page.items else None

    def entries_on(self, item_id: str) -> list[TimeEntry]:
        pages = walk_pages(
            self.send,
            lambda at: list_time_entries(at, user_id=self.user_id, external_reference_id=item_id, per_page=_PAGE),
            max_pages=_MAX_PAGES,
        )
        return [entry for page in pages for entry in page.items]

    def projects(self) -> list[ProjectAssignment]:
        def listed(at: Position | None) -> Operation[Page[ProjectAssignment]]:
            if self.acts_for_another:
                return list_project_assignments(self.user_id, at, per_page=_PAGE)
            return list_my_project_assignments(at, per_page=_PAGE)

        pages = walk_pages(self.send, listed, max_pages=_MAX_PAGES)
        return [assignment for page in pages for assignment in page.items]

    def entries_of_day(self, day: date) -> list[TimeEntry]:
        """Everything of one date, newest first."""
        user_id = self.user_id
        page = self.send(list_time_entries(user_id=user_id, from_date=day, to_date=day, per_page=_PAGE))
        return list(page.items)

    def remembered(self, what: str) -> str:
        """A cache key of this person in this account."""
        return f"harvest-{what}-{self.connection.pk}-{self.user_id}"

    def zone(self) -> tzinfo:
        """The person's own Harvest time zone, which is asked for once an hour."""
        key = self.remembered("time-zone")
        name = best_effort(lambda: caches["answers"].get(key))
        if name is None:
            name = self.send(get_user(self.user_id) if self.acts_for_another else get_me()).timezone
            best_effort(lambda: caches["answers"].set(key, name, _ZONE_SECONDS))
        return zone_named(name)

    def today(self) -> date:
        return timezone.now().astimezone(self.zone()).date()


@dataclass(frozen=True)
class Access:
    """How a person reaches Harvest.

    Shape: through `connection` as `user_id`; `via` is `personal`, or `account` where an account connection acts for
    them. Without a connection `reason` says why (docs/widget.md).
    """

    connection: Connection | None = None
    user_id: int = 0
    via: str | None = None
    reason: str | None = None

    @property
    def status(self) -> str:
        return self.connection.status if self.connection else "none"

    def harvest(self) -> Harvest:
        """Errors: NotLinked, MustLinkAgain."""
        if self.connection is None:
            raise NotLinked(_NO_WAY.get(self.reason or "", "You have not connected Harvest yet."), reason=self.reason)
        if self.status == Status.NEEDS_REAUTH:
            raise MustLinkAgain("Your Harvest connection has ended; connect Harvest once more.")
        return Harvest(self.connection, self.user_id, acts_for_another=self.via == "account")


_NO_WAY = {
    "suggested": "Your administrator has not confirmed yet who you are in Harvest; or connect Harvest yourself.",
    "ambiguous": "Your administrator has not decided yet who you are in Harvest; or connect Harvest yourself.",
    "unmatched": "Nobody in your company's Harvest account is known to be you; connect Harvest yourself.",
    "archived": "You are archived in your company's Harvest account; ask an administrator to restore you.",
    "vanished": "You are no longer in your company's Harvest account; connect Harvest yourself.",
}


def connection_of(person: Person) -> Connection | None:
    """The person's own."""
    return personal_connection(person.host_app, tenant_id=person.tenant_id, user_id=person.user_id)


def access_of(person: Person) -> Access:
    """Their own connection; without one, an account connection that is matched to them (DESIGN §4.4)."""
    own = _remembered_connection(person)
    if own is not None:
        return Access(own, own.harvest_user_id, via="personal")
    acting = acting_as(person.host_app, tenant_id=person.tenant_id, external_id=person.user_id)
    if acting.connection is None:
        return Access(reason=acting.reason)
    return Access(acting.connection, acting.harvest_user_id, via="account")


def _remembered_connection(person: Person) -> Connection | None:
    """The rows of a session's question are all of the person's own connections."""
    soon = timezone.now()
    return admissions.remembered(
        ("own connection", person.pk),
        lambda: connection_of(person),
        until=lambda own: soon if own is None else None,
    )


def harvest_for(person: Person) -> Harvest:
    """Errors: NotLinked, MustLinkAgain."""
    return access_of(person).harvest()


def state_of(
    person: Person, *, item_id: str = "", group_id: str = "", timeout: float | None = None, is_look: bool = False
) -> dict[str, Any]:
    """The widget's whole state; two Harvest reads at most, none for a person without a connection.

    While Harvest cannot be read, it is what was known last, and says so.
    """
    way = access_of(person)
    if way.status != Status.ACTIVE:
        return _unread(person, way)
    try:
        harvest = replace(way.harvest(), timeout=timeout, lane=Lane.API if is_look else Lane.TIMER)
        is_shared = is_look and harvest.acts_for_another
        running = shared_looks.running_timer(person, harvest) if is_shared else harvest.running_timer()
        item = best_effort(lambda: _item_total(harvest, item_id, group_id))
        return _state(person, way, running=running, item=item)
    except MustLinkAgain:
        return _unread(person, access_of(person))
    except (HarvestError, RefreshInProgress, RefreshFailed) as error:
        if not passes_with_time(error):
            raise
        return _unread(person, way)


def looked_at_state(person: Person, *, item_id: str = "", group_id: str = "") -> dict[str, Any]:
    """The same for a page that looks now and then: after every click, and for everybody of one account together."""
    return state_of(person, item_id=item_id, group_id=group_id, is_look=True)


def kept_state(person: Person) -> dict[str, Any]:
    """The state without a question to Harvest: what was known last, and the clicks as they stand."""
    return _unread(person, access_of(person), fresh_for=_FRESH)


def state_with(
    person: Person, harvest: Harvest, running: TimeEntry | None, *, item_id: str, group_id: str
) -> dict[str, Any]:
    """The same right after a click, which has told us already what runs.

    The click is done: an item's total that cannot be read now is left out, and never makes it a failure.
    """
    via = "account" if harvest.acts_for_another else "personal"
    way = Access(harvest.connection, harvest.user_id, via=via)
    quick = replace(harvest, timeout=_LONGEST_BESIDE_SECONDS)
    item = best_effort(lambda: _item_total(quick, item_id, group_id))
    return _state(person, way, running=running, item=item)


def told_state(person: Person, *, item_id: str = "", group_id: str = "") -> dict[str, Any] | None:
    """The state beside a deed that is done; None where it cannot be read now."""
    quick = _LONGEST_BESIDE_SECONDS
    told = best_effort(lambda: state_of(person, item_id=item_id, group_id=group_id, timeout=quick))
    return told if told is None or told["is_known"] else None


def shown_project(assignment: ProjectAssignment) -> dict[str, Any]:
    return {
        "id": assignment.project.id,
        "name": assignment.project.name,
        "code": assignment.project.code,
        "client": {"id": assignment.client.id, "name": assignment.client.name},
        "tasks": [
            {"id": active.task.id, "name": active.task.name, "billable": active.billable}
            for active in assignment.active_tasks
            if active.task is not None
        ],
    }


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


def _item_total(harvest: Harvest, item_id: str, group_id: str) -> dict[str, Any] | None:
    if not item_id:
        return None
    entries = harvest.entries_on(item_id)
    seconds = state.seconds_on(entries, item_id=item_id, group_id=group_id, now=timezone.now())
    return {"id": item_id, "group_id": group_id or None, "seconds": seconds}


def _state(person: Person, way: Access, *, running: TimeEntry | None, item: dict[str, Any] | None) -> dict[str, Any]:
    """As Harvest has just said."""
    now = timezone.now()
    shown = state.shown_running(running, is_ours=_is_ours(person, running))
    best_effort(lambda: last_known.note(person, shown, now=now))
    return _shown(person, way, running=shown, item=item, is_known=True, read_at=now)


def _unread(person: Person, way: Access, *, fresh_for: timedelta = timedelta()) -> dict[str, Any]:
    """What was known last; of somebody who has never linked, or has left, nothing runs, and that is known."""
    if way.status not in (Status.ACTIVE, Status.NEEDS_REAUTH):
        return _shown(person, way, running=None, item=None, is_known=True, read_at=timezone.now())
    running, read_at = last_known.of(person)
    is_fresh = way.status == Status.ACTIVE and read_at is not None and timezone.now() - read_at < fresh_for
    return _shown(person, way, running=running, item=None, is_known=is_fresh, read_at=read_at)


def _shown(
    person: Person,
    way: Access,
    *,
    running: dict[str, Any] | None,
    item: dict[str, Any] | None,
    is_known: bool,
    read_at: datetime | None,
) -> dict[str, Any]:
    connection = way.connection
    told = best_effort(lambda: clicks_of(person)) or {"clicks": [], "notices": []}
    return {
        "person": {"id": person.user_id, "name": person.name, "email": person.email},
        "connection": {
            "status": way.status,
            "via": way.via,
            "reason": way.reason,
            "harvest_account_name": connection.harvest_account_name if connection else None,
            "timesheet_url": (connection.timesheet_url or None) if connection else None,
        },
        "running": running,
        "item": item,
        "is_known": is_known,
        "read_at": state.iso(read_at),
        **told,
        "server_now": state.iso(timezone.now()),
    }
