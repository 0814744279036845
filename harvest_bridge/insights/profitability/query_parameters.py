"""What is asked of profitability, read out of a query string."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.harvest.currencies import is_currency
from harvest_bridge.insights.definitions import Definition, definition_named
from harvest_bridge.insights.query import choice, day_range, text, whole_numbers

from .definitions import HARVEST, OF

FILTERS = ("project_id", "client_id")
KNOWN = ("from", "to", "by", "definition", "currency", *FILTERS)


class By(StrEnum):
    PROJECT = "project"
    CLIENT = "client"
    TASK = "task"
    PERSON = "person"
    MONTH = "month"


@dataclass(frozen=True)
class Question:
    """Shape: `currency` "" leaves every amount in its own."""

    first: date
    last: date
    by: By
    definition: Definition
    currency: str = ""
    project_ids: tuple[int, ...] = ()
    client_ids: tuple[int, ...] = ()

    def filters(self) -> dict[str, str]:
        given = {"project_id": self.project_ids, "client_id": self.client_ids}
        return {name: ",".join(map(str, ids)) for name, ids in given.items() if ids}


def question_of(given: Mapping[str, Any]) -> Question:
    """Errors: InvalidRequest, naming the parameter; UnknownDefinition."""
    first, last = day_range(given)
    currency = text(given, "currency").upper()
    if currency and not is_currency(currency):
        raise InvalidRequest(f"currency: {currency[:10]!r} is no currency of ISO 4217.")
    return Question(
        first=first,
        last=last,
        by=By(choice(given, "by", tuple(By)) or By.PROJECT),
        definition=definition_named(OF, text(given, "definition") or HARVEST.name),
        currency=currency,
        project_ids=whole_numbers(given, "project_id"),
        client_ids=whole_numbers(given, "client_id"),
    )
