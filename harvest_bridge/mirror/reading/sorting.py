"""The orders of lists, and places in them: a page begins after a pair of what is sorted by and the record's id."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import F, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.mirror.models import Record
from harvest_bridge.mirror.resources import Resource

from .filters import WITHOUT_TIMES

_BEFORE_ALL_DAYS = -(10**7)
_OLDEST_FIRST = ("billable_rates", "cost_rates")


@dataclass(frozen=True)
class Sorting:
    """Shape: `key` is what rows are sorted by before their id; `word` is how callers name it."""

    word: str
    key: str
    is_descending: bool
    may_be_null: bool = False

    def __str__(self) -> str:
        return f"-{self.word}" if self.is_descending else self.word

    def reversed(self) -> Sorting:
        return replace(self, is_descending=not self.is_descending)

    def ordered(self, rows: QuerySet[Record]) -> QuerySet[Record]:
        """With what they are sorted by as `at`."""
        names = ("at",) if self.key == "harvest_id" else ("at", "harvest_id")
        return rows.annotate(at=self._expression()).order_by(
            *(F(name).desc() if self.is_descending else F(name).asc() for name in names)
        )

    def after(self, rows: QuerySet[Record], at: Any, harvest_id: int) -> QuerySet[Record]:
        """Those of the ordered rows that come after this place."""
        sign = "lt" if self.is_descending else "gt"
        if self.key == "harvest_id":
            return rows.filter(**{f"harvest_id__{sign}": harvest_id})
        # The first condition alone is what an index can be entered by.
        return rows.filter(
            Q(**{f"at__{sign}e": at}), Q(**{f"at__{sign}": at}) | Q(**{f"harvest_id__{sign}": harvest_id})
        )

    def _expression(self) -> Combinable:
        return Coalesce(F(self.key), Value(_BEFORE_ALL_DAYS)) if self.may_be_null else F(self.key)


def sortings_of(resource: Resource) -> dict[str, Sorting]:
    """By the words that callers use; each also with a minus before it."""
    found = [Sorting("id", "harvest_id", is_descending=False), Sorting("position", "position", is_descending=False)]
    if resource.name not in WITHOUT_TIMES:
        found.append(Sorting("updated_at", "updated_at", is_descending=False))
    if resource.day_field:
        is_optional = resource.name == "estimates"
        found.append(Sorting(resource.day_field, "day", is_descending=False, may_be_null=is_optional))
    return {str(each): each for one in found for each in (one, one.reversed())}


def default_sorting(resource: Resource) -> Sorting:
    """As Harvest lists them: latest day first, else newest first (REFERENCE §4.3)."""
    if resource.name in _OLDEST_FIRST:
        return sortings_of(resource)["id"]
    return sortings_of(resource)[f"-{resource.day_field or 'id'}"]


def sorting_of(resource: Resource, text: str) -> Sorting:
    """Errors: InvalidRequest, naming those that there are."""
    if not text:
        return default_sorting(resource)
    known = sortings_of(resource)
    if text not in known:
        words = [word for word in known if not word.startswith("-")]
        raise InvalidRequest(
            f"sort: must be one of {', '.join(words)}, with a minus before it for the other direction, "
            f"not {text[:40]!r}."
        )
    return known[text]
