"""How a person reaches Harvest: by which connection, and as whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any, TypeVar

from django.core.cache import caches
from django.utils import timezone

from harvest_bridge.api import admissions
from harvest_bridge.api.outages import best_effort
from harvest_bridge.connections import calls
from harvest_bridge.connections.errors import NeedsReauth
from harvest_bridge.connections.models import Connection, Status
from harvest_bridge.connections.queries import personal_connection, personal_connections
from harvest_bridge.harvest.budgets import Lane
from harvest_bridge.harvest.errors import HarvestMalformed
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
from harvest_bridge.unified.identities.queries import ActingAs, acting_as, acting_as_each

from .errors import MustLinkAgain, NotLinked
from .models import Person

T = TypeVar("T")
_PAGE = 2000
_MAX_PAGES = 10
_ZONE_SECONDS = 3600


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

    def call(self, operation: Operation[T]) -> T:
        """Errors: MustLinkAgain and the HarvestError tree."""
        try:
            return calls.send(self.connection, operation, lane=self.lane, timeout=self.timeout)
        except NeedsReauth as error:
            raise MustLinkAgain("Your Harvest connection has ended; connect Harvest once more.") from error

    def running_timer(self) -> TimeEntry | None:
        """Never looked up by date: a timer may run past midnight.

        Errors: HarvestMalformed for one that cannot be read, which must not pass for none, besides those of `call`.
        """
        page = self.call(list_time_entries(user_id=self.user_id, is_running=True, per_page=1))
        if page.unreadable:
            raise HarvestMalformed("Harvest sent a running timer that cannot be read.")
        return page.items[0] if page.items else None

    def entries_on(self, item_id: str) -> list[TimeEntry]:
        pages = walk_pages(
            self.call,
            lambda at: list_time_entries(at, user_id=self.user_id, external_reference_id=item_id, per_page=_PAGE),
            max_pages=_MAX_PAGES,
        )
        return [entry for page in pages for entry in page.items]

    def projects(self) -> list[ProjectAssignment]:
        def listed(at: Position | None) -> Operation[Page[ProjectAssignment]]:
            if self.acts_for_another:
                return list_project_assignments(self.user_id, at, per_page=_PAGE)
            return list_my_project_assignments(at, per_page=_PAGE)

        pages = walk_pages(self.call, listed, max_pages=_MAX_PAGES)
        return [assignment for page in pages for assignment in page.items]

    def entries_of_day(self, day: date) -> list[TimeEntry]:
        """Everything of one date, newest first."""
        user_id = self.user_id
        page = self.call(list_time_entries(user_id=user_id, from_date=day, to_date=day, per_page=_PAGE))
        return list(page.items)

    def remembered(self, what: str, *, user_id: int | None = None) -> str:
        """A cache key of this person, or another, in this account."""
        return f"harvest-{what}-{self.connection.pk}-{user_id or self.user_id}"

    def remembered_of_account(self, what: str) -> str:
        """A cache key of the whole Harvest account, whoever linked it."""
        return f"harvest-{what}-{self.connection.harvest_account_id}"

    def zone(self) -> tzinfo:
        """The person's own Harvest time zone, which is asked for once an hour."""
        key = self.remembered("time-zone")
        name = best_effort(lambda: caches["answers"].get(key))
        if name is None:
            name = self.call(get_user(self.user_id) if self.acts_for_another else get_me()).timezone
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
            raise NotLinked(_REASONS.get(self.reason or "", "You have not connected Harvest yet."), reason=self.reason)
        if self.status == Status.NEEDS_REAUTH:
            raise MustLinkAgain("Your Harvest connection has ended; connect Harvest once more.")
        return Harvest(self.connection, self.user_id, acts_for_another=self.via == "account")


_REASONS = {
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
    """Their own connection; without one, an account connection that is matched to them (DESIGN §4.4).

    Within a request of theirs it is remembered: it rests on the rows of a session's question (`sessions.cached_rows`).
    """
    return admissions.remembered(("access", person.pk), lambda: _found_access(person))


def _found_access(person: Person) -> Access:
    own = connection_of(person)
    if own is not None:
        return _access_by(own, None)
    return _access_by(None, acting_as(person.host_app, tenant_id=person.tenant_id, external_id=person.user_id))


def accesses_of(people: Iterable[Person]) -> dict[int, Access]:
    """The same for many, by the person's key, with three queries for each of their tenants."""
    tenants: defaultdict[tuple[Any, str], list[Person]] = defaultdict(list)
    for person in people:
        tenants[person.host_app_id, person.tenant_id].append(person)
    found: dict[int, Access] = {}
    for (_, tenant_id), theirs in tenants.items():
        host_app, user_ids = theirs[0].host_app, {person.user_id for person in theirs}
        own = personal_connections(host_app, tenant_id=tenant_id, user_ids=user_ids)
        others = user_ids - own.keys()
        acting = acting_as_each(host_app, tenant_id=tenant_id, external_ids=others) if others else {}
        found |= {each.pk: _access_by(own.get(each.user_id), acting.get(each.user_id)) for each in theirs}
    return found


def _access_by(own: Connection | None, acting: ActingAs | None) -> Access:
    if own is not None:
        return Access(own, own.harvest_user_id, via="personal")
    if acting is None or acting.connection is None:
        return Access(reason=acting.reason if acting else None)
    return Access(acting.connection, acting.harvest_user_id, via="account")


def harvest_for(person: Person) -> Harvest:
    """Errors: NotLinked, MustLinkAgain."""
    return access_of(person).harvest()
