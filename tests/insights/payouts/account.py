"""A Harvest in memory with contractors and their time, and its mirror: `send` answers as Harvest would, `sync` lets
the mirror see what changed."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import msgspec

from harvest_bridge.connections.models import Connection
from harvest_bridge.harvest.operations import Operation
from harvest_bridge.insights.payouts import services
from harvest_bridge.insights.payouts.models import Period
from tests.insights.mirrored import Json, Mirrored

DANA, EMIL, FAY = 11, 12, 13
NOVEMBER = date(2026, 11, 1)


class Account:
    """Dana and Emil are contractors, Fay is not; two projects of clients in EUR and JPY."""

    def __init__(self, mirrored: Mirrored) -> None:
        self.mirrored, self.connection = mirrored, mirrored.connection
        self.records: dict[str, dict[int, Json]] = {
            name: {} for name in ("users", "clients", "projects", "tasks", "time_entries", "expenses")
        }
        self.company: Json = {"name": "Acme", "currency": "EUR", "weekly_capacity": 126000}
        self.calls = 0
        self._changed: set[tuple[str, int]] = set()
        for user_id, name in ((DANA, "Dana"), (EMIL, "Emil"), (FAY, "Fay")):
            contractor = user_id != FAY
            self.put("users", user_id, first_name=name, last_name="Frost", email=f"{name.lower()}@example.com")
            self.change("users", user_id, is_contractor=contractor, is_active=True)
        self.put("clients", 1, name="Nordlicht", currency="EUR")
        self.put("clients", 2, name="Sakura", currency="JPY")
        self.put("projects", 21, name="Website")
        self.put("projects", 22, name="App")
        self.put("tasks", 31, name="Design")
        self.sync()

    def put(self, resource: str, harvest_id: int, **fields: Any) -> None:
        self.records[resource][harvest_id] = {"id": harvest_id, **fields}
        self._changed.add((resource, harvest_id))

    def change(self, resource: str, harvest_id: int, **fields: Any) -> None:
        self.records[resource][harvest_id].update(fields)
        self._changed.add((resource, harvest_id))

    def remove(self, resource: str, harvest_id: int) -> None:
        del self.records[resource][harvest_id]
        self._changed.add((resource, harvest_id))

    def entry(self, harvest_id: int, day: str, hours: float | str, rate: float | str | None = 80, **more: Any) -> None:
        """Approved, stopped, of Dana in EUR, unless `more` says otherwise."""
        client_id = more.pop("client_id", 1)
        fields = {
            "spent_date": day,
            "hours": hours,
            "cost_rate": rate,
            "user": {"id": more.pop("user_id", DANA)},
            "client": {"id": client_id, "currency": "EUR" if client_id == 1 else "JPY"},
            "project": {"id": more.pop("project_id", 21)},
            "task": {"id": 31},
            "approval_status": "approved",
            "is_running": False,
            "billable": True,
        }
        self.put("time_entries", harvest_id, **(fields | more))

    def expense(self, harvest_id: int, day: str, cost: float | str, **more: Any) -> None:
        client_id = more.pop("client_id", 1)
        fields = {
            "spent_date": day,
            "total_cost": cost,
            "user": {"id": more.pop("user_id", DANA)},
            "client": {"id": client_id, "currency": "EUR" if client_id == 1 else "JPY"},
            "project": {"id": 21},
            "approval_status": "approved",
        }
        self.put("expenses", harvest_id, **(fields | more))

    def sync(self) -> None:
        self.mirrored.put("company", self.company)
        gone: dict[str, list[int]] = {}
        written: dict[str, list[Json]] = {}
        for resource, harvest_id in sorted(self._changed):
            if harvest_id in self.records[resource]:
                written.setdefault(resource, []).append(self.records[resource][harvest_id])
            else:
                gone.setdefault(resource, []).append(harvest_id)
        for resource, records in written.items():
            self.mirrored.put(resource, *records)
        for resource, ids in gone.items():
            self.mirrored.delete(resource, *ids)
        self._changed = set()

    def send(self, connection: Connection, operation: Operation[Any]) -> Any:
        self.calls += 1
        answer = self._answer(operation.path, {name: value for name, value in operation.query.items() if value})
        return operation.read(msgspec.json.decode(json.dumps(answer).encode(), type=operation.decoded_as))

    def _answer(self, path: str, query: Json) -> Json:
        name = path.removeprefix("/v2/")
        if name == "company":
            return self.company
        rows = [row for row in self.records[name].values() if self._fits(row, query)]
        links = {"next": None, "previous": None, "first": path, "last": path}
        page = {"per_page": 2000, "total_pages": 1, "total_entries": len(rows), "page": 1, "links": links}
        return {name: rows, **page, "next_page": None, "previous_page": None}

    def _fits(self, row: Json, query: Json) -> bool:
        day = row.get("spent_date", "")
        return str(query.get("from", "")) <= day and (not query.get("to") or day <= str(query["to"]))

    def plan(self, first: date = NOVEMBER, kind: str = "monthly", last: date | None = None, **terms: Any) -> Period:
        given = {"connection": self.connection, "by": "Paula"} | terms
        return services.plan_period(kind=kind, first_day=first, last_day=last, **given)

    def verify(self, period: Period, by: str = "Vera") -> Period:
        services.verify_period(period=period, by=by, send=self.send)
        return period

    def close(self, period: Period, by: str = "Clara") -> Period:
        if not period.is_closed and period.state != "verified":
            self.verify(period)
        closed = services.close_period(period=period, by=by, send=self.send)
        period.refresh_from_db()
        return closed

    def pay(self, first: date = NOVEMBER, **terms: Any) -> Period:
        """A whole month, planned, verified and closed."""
        return self.close(self.plan(first, **terms))
