"""The people whose pages are open in this process, and the scope whose polls show each of them."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from harvest_bridge.connections.harvest_permissions import ADMINISTRATOR, role_of
from harvest_bridge.connections.models import Connection, Kind, Status
from harvest_bridge.connections.queries import connections_of
from harvest_bridge.hosts.models import Right
from timer_widget.access import Access, accesses_of
from timer_widget.models import Person
from timer_widget.running_timers import Scope, scope_for

FOUND_AGAIN_SECONDS = 60.0
WITHOUT_ACCESS_SECONDS = 15.0
_AT_ONCE = 200


@dataclass
class Watcher:
    """Shape: `seen` is the polled timer that their pages were last told; None before the first poll."""

    person: Person
    access: Access
    scope: Scope | None
    found_at: float
    seen: str | None = None
    is_told_unread: bool = False

    def is_due(self, now: float) -> bool:
        """Whether to look the access up again; sooner for a person without access, who is about to link."""
        longest = FOUND_AGAIN_SECONDS if self.scope is not None else WITHOUT_ACCESS_SECONDS
        return self.found_at < now - longest


@dataclass
class Watchers:
    """Written by one thread; `by_person` is replaced, never mutated, by `follow`."""

    by_person: dict[int, Watcher] = field(default_factory=dict)

    def follow(self, people: Collection[int]) -> list[Watcher]:
        """Watch these people from now on. Returns those whose access to Harvest has changed."""
        now = time.monotonic()
        self.by_person = {pk: watcher for pk, watcher in self.by_person.items() if pk in people}
        due = [pk for pk in people if pk not in self.by_person or self.by_person[pk].is_due(now)]
        return self._find(due[:_AT_ONCE], now)

    def find_again(self, scope: Scope) -> None:
        """Look the access of everybody in this scope up again at the next `follow`."""
        for watcher in self.of(scope):
            watcher.found_at = -FOUND_AGAIN_SECONDS

    def has_access(self, person_id: int) -> None:
        """A page of this person has seen that they have access. Called from any thread."""
        watcher = self.by_person.get(person_id)
        if watcher is not None and watcher.scope is None:
            watcher.found_at = -FOUND_AGAIN_SECONDS

    def of(self, scope: Scope) -> list[Watcher]:
        return [watcher for watcher in list(self.by_person.values()) if watcher.scope == scope]

    def scopes(self) -> set[Scope]:
        return {watcher.scope for watcher in self.by_person.values() if watcher.scope is not None}

    def _find(self, ids: Iterable[int], now: float) -> list[Watcher]:
        people = list(Person.objects.select_related("host_app").filter(pk__in=ids))
        accesses, changed = accesses_of(people), []
        accounts = _account_connections(people, accesses)
        for person in people:
            access, before = accesses[person.pk], self.by_person.get(person.pk)
            watcher = Watcher(person, access, _scope(person, access, accounts), now)
            if before is not None and _same(before.access, access) and before.scope == watcher.scope:
                before.found_at = now
                continue
            self.by_person[person.pk] = watcher
            if before is not None and not _same(before.access, access):
                changed.append(watcher)
        return changed


_Account = tuple[UUID, str, int]


def _scope(person: Person, access: Access, accounts: dict[_Account, Connection]) -> Scope | None:
    """An account connection of their customer sees a person with an account of their own as well."""
    if access.connection is None or access.status != Status.ACTIVE:
        return None
    if access.via == "account":
        return scope_for(access.connection, access.user_id, is_account=True)
    account = accounts.get((person.host_app_id, person.tenant_id, access.connection.harvest_account_id or 0))
    return scope_for(account or access.connection, access.user_id, is_account=account is not None)


def _account_connections(people: list[Person], accesses: dict[int, Access]) -> dict[_Account, Connection]:
    """Those that see everybody, by host app, tenant and Harvest account, of people with connections of their own."""
    tenants: defaultdict[tuple[UUID, str], list[Person]] = defaultdict(list)
    for person in people:
        if accesses[person.pk].via == "personal":
            tenants[person.host_app_id, person.tenant_id].append(person)
    found: dict[_Account, Connection] = {}
    for (host_app_id, tenant_id), theirs in tenants.items():
        rows = connections_of(theirs[0].host_app).filter(tenant_id=tenant_id, kind=Kind.ACCOUNT, status=Status.ACTIVE)
        for row in rows:
            if role_of(row) == ADMINISTRATOR and Right.READ in row.rights:
                found[host_app_id, tenant_id, row.harvest_account_id or 0] = row
    return found


def _same(before: Access, now: Access) -> bool:
    ids = [access.connection.pk if access.connection else None for access in (before, now)]
    return ids[0] == ids[1] and (before.status, before.user_id, before.via, before.reason) == (
        now.status,
        now.user_id,
        now.via,
        now.reason,
    )
