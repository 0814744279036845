"""One authenticated request inside one account, as the resource functions see it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

import msgspec

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.dependents import follow_change
from harvest_bridge.sandbox.encoding import encode
from harvest_bridge.sandbox.errors import not_found
from harvest_bridge.sandbox.fields import Params
from harvest_bridge.sandbox.pagination import Paging, envelope, page_of
from harvest_bridge.sandbox.records import Record, User
from harvest_bridge.sandbox.rights import Rights
from harvest_bridge.sandbox.switches import Switches
from harvest_bridge.sandbox.tables import Table, newest_first
from harvest_bridge.sandbox.timezones import zone_for
from harvest_bridge.sandbox.world import World

R = TypeVar("R", bound=Record)
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Answer:
    """A success. `payload` None is an empty body; `location` is a path under `/api/v2`."""

    payload: Any
    status: int = 200
    location: str | None = None


@dataclass(slots=True, kw_only=True)
class Call:
    """Shape: `path` is without the version prefix, `query` holds the last value of each name, `body` is decoded."""

    world: World
    account: Account
    person: User
    rights: Rights
    path: str
    query: dict[str, str]
    body: Params
    base_url: str

    @property
    def switches(self) -> Switches:
        return self.world.switches

    def stamp(self) -> datetime:
        return self.world.clock.stamp()

    def find(self, table: Table[R], record_id: int, *, visible: Callable[[R], bool] = lambda _: True) -> R:
        """Errors: 404 for a record that is absent or hidden from the caller; Harvest does not tell them apart."""
        record = table.get(record_id)
        if record is None or not visible(record):
            raise not_found()
        return record

    def fresh(self, kind: str) -> dict[str, Any]:
        """What every new record has: an id of its kind, and the moment."""
        stamp = self.stamp()
        return {"id": self.account.ids.next(kind), "created_at": stamp, "updated_at": stamp}

    def change(self, table: Table[R], record: R, values: Mapping[str, Any]) -> None:
        """Set what differs; `updated_at` moves only if something does."""
        changed = {name: value for name, value in values.items() if getattr(record, name) != value}
        for name, value in changed.items():
            setattr(record, name, value)
        if changed:
            record.updated_at = self.stamp()
            table.touch(record)
            follow_change(self.account, self.switches, record, changed, record.updated_at)

    def today(self) -> date:
        """Today where the caller lives."""
        return self.world.clock.today(zone_for(self.person.timezone))

    def created(self, payload: Any, record: Record) -> Answer:
        return Answer(payload, 201, f"{self.path}/{record.id}")

    def deleted(self, payload: Any) -> Answer:
        return Answer(payload if self.switches.delete_body == "object" else None)

    def listing(
        self,
        key: str,
        rows: Sequence[Row],
        render: Callable[[Row], Any],
        *,
        takes_cursor: bool = True,
        next_by: str | None = None,
        order: Callable[[Any], tuple[int, ...]] = newest_first,
    ) -> Answer:
        """One page of `rows`, which stand in listing order already."""
        paging = Paging(
            order=order, takes_cursor=takes_cursor, next_by=next_by or ("cursor" if takes_cursor else "page")
        )
        maximum = self.switches.max_per_page
        window = page_of(rows, self.query, paging, maximum)
        below = envelope(
            window,
            total=len(rows),
            url=f"{self.base_url}/v2{self.path}",
            query=self.query,
            paging=paging,
            max_per_page=maximum,
        )
        # Encoded one by one, so that no page of 2,000 rows ever stands in memory as dictionaries.
        return Answer({key: [msgspec.Raw(encode(render(row))) for row in window.rows], **below})


def by_id(record: Record) -> tuple[int, ...]:
    """Oldest first."""
    return (record.id,)


def in_order(rows: Iterable[R], order: Callable[[R], tuple[int, ...]] = newest_first) -> list[R]:
    return sorted(rows, key=order)
