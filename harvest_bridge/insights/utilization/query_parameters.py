"""What is asked of utilization, read out of a query string."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.insights.query import choice, day_range, flag, text, whole_numbers

from .definitions import METHODS, OURS, Method

INTERVALS = ("day", "week", "month")
FILTERS = ("user_id", "role", "project_id", "client_id", "is_contractor")
KNOWN = ("from", "to", "by", "interval", "definition", "hours", *FILTERS)
MOST_CELLS = 200_000


class By(StrEnum):
    PERSON = "person"
    TEAM = "team"
    ROLE = "role"
    PROJECT = "project"
    CLIENT = "client"


@dataclass(frozen=True)
class Question:
    """Shape: `interval` "" leaves the range whole; empty filters leave nobody out. `rounded` says which hours count."""

    first: date
    last: date
    by: By
    interval: str
    method: Method
    rounded: bool = True
    user_ids: tuple[int, ...] = ()
    role: str = ""
    project_ids: tuple[int, ...] = ()
    client_ids: tuple[int, ...] = ()
    is_contractor: bool | None = None

    @property
    def identity(self) -> str:
        """Another list has another one."""
        return repr((self.first, self.last, self.by, self.interval, self.method.name, self.rounded, self.filters()))

    def filters(self) -> dict[str, Any]:
        """Those that narrow it, as they go into a query string."""
        given: dict[str, Any] = {
            "user_id": ",".join(map(str, self.user_ids)),
            "role": self.role,
            "project_id": ",".join(map(str, self.project_ids)),
            "client_id": ",".join(map(str, self.client_ids)),
            "is_contractor": "" if self.is_contractor is None else str(self.is_contractor).lower(),
        }
        return {name: value for name, value in given.items() if value}


def question_of(given: Mapping[str, Any]) -> Question:
    """Errors: InvalidRequest, naming the parameter; UnknownDefinition."""
    from harvest_bridge.insights.definitions import definition_named

    first, last = day_range(given)
    name = text(given, "definition") or OURS
    definition_named("utilization", name)
    interval = choice(given, "interval", ("", *INTERVALS))
    if interval == "day" and (last - first).days > 366:
        raise InvalidRequest("interval: by day a range may have 367 days; ask for a shorter one, or by week.")
    return Question(
        first=first,
        last=last,
        by=By(choice(given, "by", tuple(By)) or By.PERSON),
        interval=interval,
        method=METHODS[name],
        rounded=choice(given, "hours", ("", "rounded", "actual")) != "actual",
        user_ids=whole_numbers(given, "user_id"),
        role=text(given, "role"),
        project_ids=whole_numbers(given, "project_id"),
        client_ids=whole_numbers(given, "client_id"),
        is_contractor=flag(given, "is_contractor"),
    )
