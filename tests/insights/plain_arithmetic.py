"""What Harvest's lists add up to, in a few lines of Decimal that share nothing with the product."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from harvest_bridge.sandbox.testing import RunningSandbox

Json = dict[str, Any]
DIGITS = {"USD": 2, "EUR": 2, "GBP": 2, "JPY": 0, "KRW": 0, "KWD": 3, "BHD": 3}


def listed(sandbox: RunningSandbox, path: str, **query: Any) -> list[Json]:
    """Every page of a list, numbers as they are written."""
    name, rows, page = path.rpartition("/")[2], [], 1
    name = "results" if "reports/" in path else name
    while True:
        answer = sandbox.get(f"/v2/{path}", "admin", params={"per_page": 2000, "page": page, **query})
        assert answer.status_code == 200, answer.text
        body = json.loads(answer.text, parse_float=Decimal)
        rows += body[name]
        if not body["next_page"]:
            return rows
        page += 1


def to_unit(amount: Fraction | Decimal | None, currency: str) -> str | None:
    """Half up to the minor unit, as text."""
    if amount is None:
        return None
    unit = Decimal(1).scaleb(-DIGITS[currency])
    scaled = Fraction(amount) / Fraction(unit)
    whole = (2 * abs(scaled.numerator) + scaled.denominator) // (2 * scaled.denominator)
    return format(whole * unit if scaled > 0 else -whole * unit, "f")


@dataclass(frozen=True)
class Money:
    """One group's, in one currency; None is unknown."""

    revenue: Fraction | None
    labour_cost: Fraction | None
    expenses: Fraction
    uninvoiced: Fraction | None


class Lists:
    """Everything that Harvest lists of a range."""

    def __init__(self, sandbox: RunningSandbox, first: str, last: str) -> None:
        span = {"from": first, "to": last}
        self.first, self.last = date.fromisoformat(first), date.fromisoformat(last)
        self.entries = listed(sandbox, "time_entries", **span)
        self.expenses = listed(sandbox, "expenses", **span)
        self.invoices = [one for one in listed(sandbox, "invoices", **span) if one["state"] != "draft"]
        self.projects = {one["id"]: one for one in listed(sandbox, "projects")}
        self.users = {one["id"]: one for one in listed(sandbox, "users")}

    def chosen(self, rows: Iterable[Json], filters: Json) -> list[Json]:
        return [row for row in rows if all(self._fits(row, name, wanted) for name, wanted in filters.items())]

    def _fits(self, row: Json, name: str, wanted: Any) -> bool:
        person = self.users[row["user"]["id"]]
        match name:
            case "user_id" | "client_id" | "project_id" | "task_id":
                return row[name.removesuffix("_id")]["id"] in wanted
            case "role":
                return wanted in person["roles"]
            case "is_contractor":
                return bool(person["is_contractor"] is wanted)
            case "is_billable":
                return bool(row["billable"] is wanted)
            case "is_billed":
                return bool(row["is_billed"] is wanted)
            case "is_budgeted":
                return bool(row["budgeted"] is wanted)
        raise AssertionError(name)

    def cost(self, filters: Json) -> Fraction | None:
        """Of all time, in the account's own currency."""
        rows = self.chosen(self.entries, filters)
        if any(row["cost_rate"] is None for row in rows):
            return None
        return _sum(Fraction(row["hours"]) * Fraction(row["cost_rate"]) for row in rows)

    def money(
        self, key: Callable[[Json], Hashable], filters: Json, *, own_currency: str, by_project: bool
    ) -> dict[tuple[Hashable, str], Money]:
        """By group and currency. Fixed fees are in the revenue where groups are of projects."""
        groups: dict[tuple[Hashable, str], tuple[list[Json], list[Json], list[Fraction | None]]]
        groups = defaultdict(lambda: ([], [], []))
        for place, rows in enumerate((self.entries, self.expenses)):
            for row in self.chosen(rows, filters):
                groups[key(row), row["client"]["currency"]][place].append(row)  # type: ignore[arg-type]
        for project in self.projects.values() if by_project else ():
            row = {"project": project, "client": project["client"]}
            wanted = {name: row[name.removesuffix("_id")]["id"] in ids for name, ids in filters.items()}
            if project["is_fixed_fee"] and all(wanted.values()):
                groups[key(row), project["client"]["currency"]][2].append(self.fee(project))
        return {found: self._money(*rows, found[1] == own_currency) for found, rows in groups.items()}

    def _money(self, entries: list[Json], expenses: list[Json], fees: list[Fraction | None], is_own: bool) -> Money:
        open_ = [row for row in entries if row["billable"] and not row["is_billed"]]
        billable = [row for row in expenses if row["billable"]]
        still = self._value(open_)
        earned = [self._value([row for row in entries if row["billable"] and not self.is_fixed(row)]), *fees]
        earned.append(_sum(row["total_cost"] for row in billable if not self.is_fixed(row)))
        cost = _sum(Fraction(row["hours"]) * Fraction(row["cost_rate"] or 0) for row in entries)
        has_cost = all(row["cost_rate"] is not None for row in entries)
        return Money(
            revenue=None if None in earned else _sum(earned),
            labour_cost=cost if has_cost and (is_own or not cost) else None,
            expenses=_sum(row["total_cost"] for row in expenses),
            uninvoiced=None
            if still is None
            else still + _sum(row["total_cost"] for row in billable if not row["is_billed"]),
        )

    def _value(self, rows: list[Json]) -> Fraction | None:
        """None where a rate is not known of a project that has rates."""
        if any(row["billable_rate"] is None and self._project(row)["bill_by"] != "none" for row in rows):
            return None
        return _sum(Fraction(row["rounded_hours"]) * Fraction(row["billable_rate"] or 0) for row in rows)

    def _project(self, row: Json) -> Json:
        found: Json = self.projects[row["project"]["id"]]
        return found

    def is_fixed(self, row: Json) -> bool:
        return bool(self._project(row)["is_fixed_fee"])

    def fee(self, project: Json) -> Fraction | None:
        """Of a fixed fee what its days in the range earn, or what was invoiced in it where that is more. Invoices in
        another currency than the project's cannot be compared with it."""
        if project["fee"] is None or project["starts_on"] is None or project["ends_on"] is None:
            return None if any(row["project"]["id"] == project["id"] for row in self.entries) else Fraction(0)
        starts, ends = (date.fromisoformat(project[name]) for name in ("starts_on", "ends_on"))
        within = max(0, (min(self.last, ends) - max(self.first, starts)).days + 1)
        invoiced = self.invoiced(project["id"])
        if set(invoiced) - {project["client"]["currency"]}:
            return None
        return max(Fraction(project["fee"]) * within / ((ends - starts).days + 1), *invoiced.values(), Fraction(0))

    def invoiced(self, project_id: int) -> dict[str, Fraction]:
        """By currency."""
        found: dict[str, Fraction] = defaultdict(Fraction)
        for one in self.invoices:
            for line in one["line_items"]:
                if line["project"] and line["project"]["id"] == project_id:
                    found[one["currency"]] += Fraction(line["amount"]) * (1 - Fraction(one["discount"] or 0) / 100)
        return {currency: amount for currency, amount in found.items() if amount}


def _sum(values: Iterable[Any]) -> Fraction:
    return sum((Fraction(value) for value in values), Fraction(0))
