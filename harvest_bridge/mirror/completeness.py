"""What the pages of one listing told, and whether they can be the whole of it. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from harvest_bridge.harvest.pages import Page

# How far `total_entries` may move under a long listing while people work; a right that is revoked moves it further.
_MOST_DRIFT = 0.01
_LONG = 5
_MOST_PAGES = 100_000


class Walk:
    """One listing, from its first page to the one whose `links.next` is null.

    Shape: `state` is what a run keeps as JSON, so that another worker goes on with it.
    """

    def __init__(self, state: dict[str, Any]) -> None:
        self.state = state

    @classmethod
    def begin(
        cls, *, filters: dict[str, Any], per_page: int, now: datetime, rights: list[str], was_empty: bool = False
    ) -> Walk:
        """`was_empty`: nothing was here before, so that nothing can be missing."""
        return cls(
            {
                "filters": filters,
                "per_page": per_page,
                "began_at": now.isoformat(),
                "rights": rights,
                "was_empty": was_empty,
                "pages": 0,
                "rows": 0,
                "totals": [],
                "newest": None,
                "short": False,
                "failures": 0,
            }
        )

    @property
    def began_at(self) -> datetime:
        return datetime.fromisoformat(self.state["began_at"])

    @property
    def newest(self) -> datetime | None:
        """The newest `updated_at` that was read."""
        value = self.state["newest"]
        return None if value is None else datetime.fromisoformat(value)

    def follow(self, page: Page[Any], updated: list[datetime]) -> None:
        """Take note of one page."""
        state = self.state
        state["pages"] += 1
        state["rows"] += len(page.items)
        if page.total is not None:
            state["totals"] = [*state["totals"], page.total] if len(state["totals"]) < 2 else _span(state, page.total)
        if page.next is not None and len(page.items) < (page.per_page or state["per_page"]):
            state["short"] = True
        moments = [*updated, *([self.newest] if self.newest else [])]
        state["newest"] = max(moments).astimezone(UTC).isoformat() if moments else None

    def goes_round(self) -> bool:
        """Whether more pages came than so many rows can fill."""
        totals = self.state["totals"]
        is_too_much = bool(totals) and self.state["rows"] > 2 * max(totals) + 10_000
        return bool(is_too_much or self.state["pages"] > _MOST_PAGES)

    def fits(self, distinct: int | None = None) -> bool:
        """Whether no row can be lacking, as far as Harvest's own counts tell.

        Shape: `distinct` is how many ids were seen; None where nobody compares.
        """
        totals, seen = self.state["totals"], self.state["rows"] if distinct is None else distinct
        if self.state["short"]:
            return False
        if not totals:
            return True
        least, most = min(totals), max(totals)
        if self.state["pages"] <= _LONG:
            return bool(least == most and seen >= most)
        return bool(seen >= least and most - least <= most * _MOST_DRIFT)


def _span(state: dict[str, Any], total: int) -> list[int]:
    """The least and the most of all."""
    return [min(*state["totals"], total), max(*state["totals"], total)]
