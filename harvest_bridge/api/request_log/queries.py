"""Statistics over the request log: counts and percentiles per span of time, in one indexed query."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet

from harvest_bridge.api.models import RequestRecord

from .rows import longest_of

SPANS = 60
_SHARE = 0.95
# Lists of choices look at so many of the newest rows: the whole table would take seconds for the same answer.
_RECENT = 10_000


@dataclass(frozen=True, slots=True)
class Span:
    """Units: `p95_seconds` is of the whole time as callers saw it; `budget_percent` of the fullest budget seen."""

    begins_at: datetime
    requests: int = 0
    errors: int = 0
    classes: Mapping[int, int] = field(default_factory=dict)
    budget_percent: int | None = None

    @property
    def p95_seconds(self) -> float | None:
        return percentile(self.classes)


def spans_of(rows: QuerySet[RequestRecord], *, minutes: int, now: datetime) -> list[Span]:
    """The last `minutes`, in at most sixty spans of equal length, oldest first; the last one is still under way."""
    width = max(1, -(-minutes // SPANS))
    last = int(now.timestamp() // 60) // width
    first = last - minutes // width + 1
    grouped = (
        rows.filter(minute__gte=first * width)
        .order_by()
        .annotate(span=F("minute") / width)
        .values("span", "duration_bin")
        .annotate(count=Count("pk"), failed=Count("pk", filter=Q(status__gte=400)), fullest=Max("budget_used_percent"))
    )
    found: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for group in grouped:
        found[group["span"]].append(group)
    return [_span(number * width, found[number]) for number in range(first, last + 1)]


def recent(rows: QuerySet[RequestRecord], column: str) -> list[Any]:
    """The different values of a column lately, without empty ones."""
    newest = rows.order_by("-minute", "-id").values("pk")[:_RECENT]
    found = RequestRecord.objects.filter(pk__in=newest).order_by().values_list(column, flat=True).distinct()
    return sorted(value for value in found if value)


def percentile(counts: Mapping[int, int], share: float = _SHARE) -> float | None:
    """The duration that `share` of the requests did not exceed, from counts per class, within 9 %."""
    wanted, seen = share * sum(counts.values()), 0
    for duration_bin in sorted(counts):
        seen += counts[duration_bin]
        if seen >= wanted:
            return longest_of(duration_bin)
    return None


def overall_p95(spans: Iterable[Span]) -> float | None:
    """Of all of them together, in seconds."""
    together: Counter[int] = Counter()
    for span in spans:
        together.update(span.classes)
    return percentile(together)


def _span(minute: int, groups: list[Mapping[str, Any]]) -> Span:
    return Span(
        begins_at=datetime.fromtimestamp(minute * 60, UTC),
        requests=sum(group["count"] for group in groups),
        errors=sum(group["failed"] for group in groups),
        classes={group["duration_bin"]: group["count"] for group in groups},
        budget_percent=max((group["fullest"] for group in groups if group["fullest"] is not None), default=None),
    )
