"""A Harvest of a few records, in memory, that is changed at random while it is read, and that fails at random.

Every call goes through `send`, which first lets the world move on, then maybe fails, then answers what is true now.
"""

from __future__ import annotations

import itertools
import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from harvest_bridge.connections.models import Connection
from harvest_bridge.errors import BridgeError
from harvest_bridge.harvest.errors import (
    HarvestForbidden,
    HarvestMalformed,
    HarvestNotFound,
    HarvestRateLimited,
    HarvestUnavailable,
)
from harvest_bridge.harvest.operations import Operation

RESOURCES = ("users", "clients", "projects", "time_entries", "invoices")
PER_PAGE = 7
ME = 1
Json = dict[str, Any]


@dataclass
class Odds:
    """How likely, at each call, it is that something happens: a change, a failure, a lie, the end of the process."""

    change: float = 0.0
    failure: float = 0.0
    short_page: float = 0.0
    rights: float = 0.0
    kill: float = 0.0


class Killed(BaseException):
    """What kill -9 comes to: nothing is caught, nothing tidied up."""


@dataclass
class ModelHarvest:
    """Shape: `records` by resource and id; `began_at` is its clock at the start, which steps now and then."""

    seed: int
    odds: Odds = field(default_factory=Odds)
    pages_by_number: bool = False
    records: dict[str, dict[int, Json]] = field(default_factory=lambda: {name: {} for name in RESOURCES})
    payments: dict[int, dict[int, Json]] = field(default_factory=dict)
    gone: set[tuple[str, int]] = field(default_factory=set)
    calls: int = 0
    is_admin: bool = True
    most_calls: int = 100_000
    kill_at: int = 0
    minutes_between: int = 10  # records of the seed; nothing later
    failures: list[Callable[[], BridgeError]] = field(default_factory=lambda: list(FAILURES))

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.clock = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
        self._ids = itertools.count(100)
        self._put("users", {"id": ME, "first_name": "Me", "access_roles": ["administrator"], "is_active": True})
        for _ in range(4):
            self.add("users")
        for _ in range(3):
            self.add("clients")
        for _ in range(5):
            self.add("projects")
        for _ in range(60):
            self.add("time_entries")
        for _ in range(6):
            self.add("invoices")
        self.minutes_between = 0
        self.clock = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)

    # --- what people do

    def act(self) -> None:
        """One change, of whatever kind."""
        rng = self.random
        if rng.random() < 0.6:
            self.clock += timedelta(seconds=rng.choice([0, 0, 1, 2, 40]))
        if rng.random() < 0.02:
            self.clock += timedelta(seconds=rng.choice([-30, 90]))
        deed = rng.choice(
            [self.add_entry, self.add_entry, self.edit, self.edit, self.edit, self.move_day, self.delete, self.delete]
            + [self.archive, self.approve, self.move_project, self.retroactive_rate, self.pay, self.delete_project]
        )
        deed()

    def add_entry(self) -> None:
        self.add("time_entries")

    def add(self, name: str) -> int:
        self.clock += timedelta(minutes=self.minutes_between)
        rng, new = self.random, {"id": next(self._ids)}
        match name:
            case "users":
                new |= {"first_name": "A", "access_roles": ["member"], "is_active": True, "cost_rate": 1.5}
            case "clients":
                new |= {"name": "Client", "is_active": True}
            case "projects":
                new |= {"name": "Project", "client": {"id": self._any("clients")}, "is_active": True}
            case "time_entries":
                new |= self._new_entry()
            case "invoices":
                new |= {"client": {"id": self._any("clients")}, "state": "open", "amount": 10, "due_amount": 10}
                new |= {"issue_date": "2026-01-05", "number": str(rng.random()), "paid_date": None}
                self.payments[new["id"]] = {}
        self._put(name, new)
        return int(new["id"])

    def _new_entry(self) -> Json:
        project = self.records["projects"][self._any("projects")]
        return {
            "spent_date": (date.today() - timedelta(days=self.random.randrange(40))).isoformat(),
            "hours": round(self.random.random() * 8, 2),
            "billable_rate": 100.0,
            "cost_rate": 40.0,
            "notes": "",
            "is_running": False,
            "approval_status": "unsubmitted",
            "user": {"id": self._any("users")},
            "project": {"id": project["id"]},
            "client": project["client"],
            "task": {"id": 5},
        }

    def edit(self) -> None:
        name = self.random.choice(RESOURCES[1:])
        if row := self._some(name):
            self._put(name, row | {"notes": str(self.random.random())})

    def move_day(self) -> None:
        if row := self._some("time_entries"):
            day = date.today() - timedelta(days=self.random.randrange(40))
            self._put("time_entries", row | {"spent_date": day.isoformat()})

    def approve(self) -> None:
        if row := self._some("time_entries"):
            self._put("time_entries", row | {"approval_status": "approved"})

    def archive(self) -> None:
        if row := self._some("projects"):
            self._put("projects", row | {"is_active": not row["is_active"]})

    def move_project(self) -> None:
        """Its entries follow, without a new `updated_at`."""
        if row := self._some("projects"):
            client = {"id": self._any("clients")}
            self._put("projects", row | {"client": client})
            for entry in self.records["time_entries"].values():
                if entry["project"]["id"] == row["id"]:
                    entry["client"] = client

    def retroactive_rate(self) -> None:
        rate = round(self.random.random() * 100, 2)
        for entry in self.records["time_entries"].values():
            if entry["user"]["id"] == ME:
                entry["billable_rate"] = rate

    def pay(self) -> None:
        if row := self._some("invoices"):
            payment = next(self._ids)
            self.payments[row["id"]][payment] = {"id": payment, "amount": 5, "updated_at": self._stamp()}
            self._put("invoices", row | {"due_amount": row["due_amount"] - 5})

    def delete(self) -> None:
        name = self.random.choice(["time_entries", "time_entries", "time_entries", "invoices"])
        if row := self._some(name):
            self._drop(name, row["id"])

    def delete_project(self) -> None:
        if self.random.random() < 0.2 and len(self.records["projects"]) > 2 and (row := self._some("projects")):
            for entry in list(self.records["time_entries"].values()):
                if entry["project"]["id"] == row["id"]:
                    self._drop("time_entries", entry["id"])
            self._drop("projects", row["id"])

    def _drop(self, name: str, key: int) -> None:
        del self.records[name][key]
        self.gone.add((name, key))

    def _put(self, name: str, row: Json) -> None:
        stamp = self._stamp()
        created = {"created_at": row.get("created_at", stamp), "updated_at": stamp}
        self.records[name][row["id"]] = row | created

    def _stamp(self) -> str:
        return self.clock.strftime("%Y-%m-%dT%H:%M:%SZ")

    def _any(self, name: str) -> int:
        return int(self.random.choice(list(self.records[name])))

    def _some(self, name: str) -> Json | None:
        return self.records[name][self._any(name)] if self.records[name] else None

    # --- how it answers

    def send(self, connection: Connection, operation: Operation[Any]) -> Any:
        self.calls += 1
        odds, rng = self.odds, self.random
        if self.calls > self.most_calls:
            raise AssertionError(f"{self.calls} calls: the mirror goes round in a circle at {operation.path}")
        if self.calls == self.kill_at or rng.random() < odds.kill:
            raise Killed
        if rng.random() < odds.rights:
            self.is_admin = not self.is_admin
        while rng.random() < odds.change:
            self.act()
        if rng.random() < odds.failure:
            raise rng.choice(self.failures)()
        answer = self._answer(operation.path, {name: value for name, value in operation.query.items() if value})
        return operation.read(msgspec.json.decode(json.dumps(answer).encode(), type=operation.decoded_as))

    def _answer(self, path: str, query: Json) -> Json:
        if path == "/v2/users/me":
            return {"id": ME, "access_roles": ["administrator" if self.is_admin else "member"]}
        if found := re.fullmatch(r"/v2/invoices/(\d+)/payments", path):
            self._require_admin()
            if int(found[1]) not in self.records["invoices"]:
                raise not_found()
            return self._page("invoice_payments", self._payments_of(int(found[1])), path, query)
        name, _, key = path.removeprefix("/v2/").partition("/")
        if name != "time_entries":
            self._require_admin(is_list=not key)
        if key:
            row = self.records[name].get(int(key))
            if row is None or not self._is_shown(name, row):
                raise not_found()
            return self._as_shown(row)
        rows = [
            self._as_shown(row)
            for row in self.records[name].values()
            if self._is_shown(name, row) and _fits(row, query)
        ]
        return self._page(name, sorted(rows, key=_order, reverse=True), path, query)

    def _payments_of(self, invoice: int) -> list[Json]:
        return sorted(self.payments[invoice].values(), key=_order, reverse=True)

    def _require_admin(self, *, is_list: bool = True) -> None:
        """A single record that is hidden is a 404, a list that is refused a 403."""
        if not self.is_admin:
            raise HarvestForbidden("Not authorized!", remote_status=403) if is_list else not_found()

    def _is_shown(self, name: str, row: Json) -> bool:
        return self.is_admin or (name == "time_entries" and row["user"]["id"] == ME)

    def _as_shown(self, row: Json) -> Json:
        """To whom rates are hidden, they are null or left out."""
        if self.is_admin or "billable_rate" not in row:
            return row
        return {field: value for field, value in row.items() if field != "cost_rate"} | {"billable_rate": None}

    def _page(self, name: str, rows: list[Json], path: str, query: Json) -> Json:
        if self.pages_by_number:
            number = int(query.get("page", 1))
            start = (number - 1) * PER_PAGE
            after = f"page={number + 1}"
        else:
            start = (
                next((at for at, row in enumerate(rows) if _after(row, query)), len(rows)) if "cursor" in query else 0
            )
            after = ""
        shown = rows[start : start + PER_PAGE]
        more = start + PER_PAGE < len(rows)
        if more and not after:
            after = f"cursor={'_'.join(map(str, _order(shown[-1])))}"
        if shown and self.random.random() < self.odds.short_page:
            shown = shown[: len(shown) // 2]
        following = f"https://harvest.example{path}?{after}" if more else None
        return {name: shown, "per_page": PER_PAGE, "total_entries": len(rows), "links": {"next": following}}


def _order(row: Json) -> tuple[str, int]:
    return (row.get("spent_date", ""), row["id"])


def _after(row: Json, query: Json) -> bool:
    day, _, key = query["cursor"].partition("_")
    return _order(row) < (day, int(key))


def _fits(row: Json, query: Json) -> bool:
    since = query.get("updated_since")
    return (
        (since is None or row["updated_at"] > since)
        and ("from" not in query or row["spent_date"] >= query["from"])
        and (not query.get("is_running") or row["is_running"])
        and ("project_id" not in query or row["project"]["id"] == query["project_id"])
    )


def not_found() -> HarvestNotFound:
    return HarvestNotFound("Not Found", remote_status=404, raw_response={"status": 404, "error": "Not Found"})


def throttled() -> HarvestRateLimited:
    return HarvestRateLimited("Slow down.", retry_after=1, remote_status=429)


def unavailable() -> HarvestUnavailable:
    return HarvestUnavailable("Harvest answered 500.", remote_status=500)


def malformed() -> HarvestMalformed:
    return HarvestMalformed("Harvest answered with something that is not JSON.")


def refused() -> HarvestForbidden:
    return HarvestForbidden("Not authorized!", remote_status=403)


def wrong_address() -> HarvestNotFound:
    return HarvestNotFound("Harvest answered 404.", remote_status=404, raw_response="<html>")


FAILURES: tuple[Callable[[], BridgeError], ...] = (throttled, unavailable, malformed, refused, wrong_address)
