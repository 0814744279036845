"""A Harvest of thousands of invoices, changed at random in simulated time, and how late the bridge tells of it.

`Simulation` lets the worker work whenever the mirror says it is due; each call takes a quarter of a simulated second.
A change is late by the simulated time from it to the commit of its event.
"""

from __future__ import annotations

import itertools
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from django.utils import timezone

from harvest_bridge.connections.models import Connection
from harvest_bridge.harvest.operations import Operation
from harvest_bridge.mirror import claims, open_invoices, services
from harvest_bridge.mirror.harvest_calls import HarvestCalls
from harvest_bridge.mirror.models import Mirror
from harvest_bridge.mirror.sync_runner import SyncRunner
from harvest_bridge.webhooks.models import Event
from tests.mirror.model_harvest import not_found

from .records import invoice

ADDRESS = "https://harvest.example"
A_CALL = timedelta(seconds=0.25)
# So far Harvest's clock is behind ours; nothing may depend on that.
BEHIND = timedelta(days=1)
Json = dict[str, Any]


@dataclass
class ManyInvoices:
    """Shape: `moves`: a payment moves the invoice's `updated_at`. `lists` are the calls for lists of invoices."""

    seed: int
    open_ones: int
    others: int
    moves: bool = True
    now: datetime = field(default_factory=timezone.now)
    invoices: dict[int, Json] = field(default_factory=dict)
    payments: dict[int, dict[int, Json]] = field(default_factory=lambda: defaultdict(dict))
    lists: list[Json] = field(default_factory=list)
    calls: int = 0
    busy: set[int] = field(default_factory=set)  # whose last change nobody was told of yet
    on_call: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self._ids = itertools.count(1000)
        long_ago = self.now - timedelta(days=9)
        for place in range(self.open_ones + self.others):
            state = "open" if place < self.open_ones else self.random.choice(["paid", "paid", "draft", "closed"])
            day = date.today() - timedelta(days=self.random.randrange(400))
            self._put(invoice(next(self._ids), issue_date=day.isoformat(), state=state), long_ago)
            if state == "paid":
                self._pay(self._last, 100.0, at=long_ago)

    @property
    def _last(self) -> Json:
        return next(reversed(self.invoices.values()))

    # --- what people do; each returns what is to be told

    def act(self) -> list[tuple[str, int]]:
        deeds = [self.create, self.send_draft, self.pay_part, self.pay_off, self.take_back, self.write_off]
        while True:
            try:
                return self.random.choice([*deeds, *deeds, self.delete_open, self.delete_other])()
            except IndexError:  # there is none of that kind now
                continue

    def create(self) -> list[tuple[str, int]]:
        self._put(invoice(next(self._ids), issue_date=date.today().isoformat(), state="draft", sent_at=None))
        return [("created", self._last["id"])]

    def send_draft(self) -> list[tuple[str, int]]:
        row = self._some("draft")
        self._put(row | {"state": "open", "sent_at": self._stamp()})
        return [("sent", row["id"]), ("status_changed", row["id"])]

    def pay_part(self) -> list[tuple[str, int]]:
        row = self._some("open", unpaid=True)
        self._pay(row, row["due_amount"] / 4)
        return [("payment_recorded", row["id"]), ("status_changed", row["id"])]

    def pay_off(self) -> list[tuple[str, int]]:
        row = self._some("open")
        self._pay(row, row["due_amount"])
        return [("payment_recorded", row["id"]), ("status_changed", row["id"])]

    def take_back(self) -> list[tuple[str, int]]:
        rows = [row for row in self._idle() if len(self.payments[row["id"]]) == 1]
        row = self.random.choice(rows)
        _, payment = self.payments[row["id"]].popitem()
        self._settle(row, row["due_amount"] + payment["amount"])
        return [("payment_removed", row["id"]), ("status_changed", row["id"])]

    def write_off(self) -> list[tuple[str, int]]:
        row = self._some("open")
        self._put(row | {"state": "closed", "closed_at": self._stamp()})
        return [("status_changed", row["id"])]

    def delete_open(self) -> list[tuple[str, int]]:
        return self._delete(self._some("open"))

    def delete_other(self) -> list[tuple[str, int]]:
        return self._delete(self._some("paid", "closed", "draft"))

    def _delete(self, row: Json) -> list[tuple[str, int]]:
        del self.invoices[row["id"]]
        return [("deleted", row["id"])]

    def _pay(self, row: Json, amount: float, at: datetime | None = None) -> None:
        key = next(self._ids)
        stamp = self._stamp(at)
        self.payments[row["id"]][key] = {"id": key, "amount": amount, "created_at": stamp, "updated_at": stamp}
        self._settle(row, row["due_amount"] - amount, at)

    def _settle(self, row: Json, due: float, at: datetime | None = None) -> None:
        is_paid = due <= 0
        paid = {"state": "paid" if is_paid else "open", "paid_at": self._stamp(at) if is_paid else None}
        self._put(row | {"due_amount": due, **paid}, at, is_payment=True)

    def _put(self, row: Json, at: datetime | None = None, *, is_payment: bool = False) -> None:
        keeps = is_payment and not self.moves
        self.invoices[row["id"]] = row if keeps else row | {"updated_at": self._stamp(at)}

    def _some(self, *states: str, unpaid: bool = False) -> Json:
        rows = [row for row in self._idle() if row["state"] in states]
        return self.random.choice([row for row in rows if row["due_amount"] == 100.0] if unpaid else rows)

    def _idle(self) -> list[Json]:
        return [row for key, row in self.invoices.items() if key not in self.busy]

    def _stamp(self, at: datetime | None = None) -> str:
        return ((at or self.now) - BEHIND).strftime("%Y-%m-%dT%H:%M:%SZ")

    # --- how it answers

    def send(self, connection: Connection, operation: Operation[Any]) -> Any:
        self.calls += 1
        self.on_call()
        answer = self._answer(operation.path, {name: value for name, value in operation.query.items() if value})
        return operation.read(msgspec.json.decode(json.dumps(answer).encode(), type=operation.decoded_as))

    def _answer(self, path: str, query: Json) -> Json:
        if path == "/v2/users/me":
            return {"id": 1, "access_roles": ["administrator"]}
        if path == "/v2/company":
            return {"name": "Acme", "invoice_feature": True}
        if path == "/v2/invoices":
            self.lists.append(query)
            return self._page("invoices", [row for row in self.invoices.values() if _fits(row, query)], path, query)
        found = re.fullmatch(r"/v2/invoices/(\d+)(/payments)?", path)
        row = self.invoices.get(int(found[1])) if found else None
        if found is None or row is None:
            raise not_found()
        return self._page("invoice_payments", [*self.payments[row["id"]].values()], path, query) if found[2] else row

    def _page(self, name: str, rows: list[Json], path: str, query: Json) -> Json:
        rows = sorted(rows, key=lambda row: (row.get("issue_date", ""), row["id"]), reverse=True)
        size, number = int(query.get("per_page", 2000)), int(query.get("page", 1))
        following = f"{ADDRESS}{path}?page={number + 1}" if number * size < len(rows) else None
        shown = rows[(number - 1) * size : number * size]
        return {name: shown, "per_page": size, "total_entries": len(rows), "links": {"next": following}}


def _fits(row: Json, query: Json) -> bool:
    return ("state" not in query or row["state"] == query["state"]) and (
        "updated_since" not in query or row["updated_at"] > query["updated_since"]
    )


class Simulation:
    """One account whose invoices are in use, from its first reading on."""

    def __init__(self, connection: Connection, harvest: ManyInvoices) -> None:
        self.harvest, self.connection = harvest, connection
        self.mirror = services.begin(connection, resources=["company", "invoices", "invoice_payments"])
        open_invoices.note_use(self.mirror)
        self.waiting: list[tuple[str, int, datetime]] = []
        self.late: dict[str, list[float]] = defaultdict(list)
        self._told = 0
        harvest.on_call = self._call
        self.now = timezone.now()
        self._work()

    def run(self, *, minutes: float, seconds_between: float) -> Counter[str]:
        """Change something so often for so long; returns the calls for lists of invoices, by what they asked."""
        end, begun = self.now + timedelta(minutes=minutes), len(self.harvest.lists)
        change_at = self.now
        while self.now < end:
            due_at = Mirror.objects.values_list("due_at", flat=True).get(pk=self.mirror.pk)
            if change_at < due_at:
                self.now = max(self.now, change_at)
                self._change()
                change_at += timedelta(seconds=self.harvest.random.expovariate(1 / seconds_between))
            else:
                self.now = max(self.now, due_at)
                self._work()
        return Counter(_kind(query) for query in self.harvest.lists[begun:])

    def _change(self) -> None:
        self.harvest.now, self.harvest.busy = self.now, {key for _, key, _ in self.waiting}
        self.waiting += [(name, key, self.now) for name, key in self.harvest.act()]

    def _work(self) -> None:
        at = self.now
        mirror = claims.claim("simulation", now=self.now)
        assert mirror is not None
        harvest = HarvestCalls(mirror.connection, send=self.harvest.send)
        SyncRunner(mirror, harvest, clock=lambda: at, is_over=lambda: False).run()
        self._note_events()

    def _call(self) -> None:
        self._note_events()
        self.now += A_CALL

    def _note_events(self) -> None:
        rows = Event.objects.filter(type__startswith="invoice.", pk__gt=self._told).order_by("pk")
        for pk, name, key in list(rows.values_list("pk", "type", "object_id")):
            self._told = pk
            self._note(name.removeprefix("invoice."), int(key))

    def _note(self, name: str, key: int) -> None:
        """What an event tells of that nothing waits for, such as that an invoice is overdue, is no change of ours."""
        found = [row for row in self.waiting if row[:2] == (name, key)]
        self.late[name] += [(self.now - at).total_seconds() for _, _, at in found]
        self.waiting = [row for row in self.waiting if row not in found]

    def missed(self) -> list[tuple[str, int, datetime]]:
        """Changes of more than five minutes ago that nobody was told of."""
        return [row for row in self.waiting if self.now - row[2] > timedelta(minutes=5)]


def _kind(query: Json) -> str:
    if "updated_since" in query:
        return "since"
    return "count" if query.get("per_page") == 1 else query.get("state", "all")


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]
