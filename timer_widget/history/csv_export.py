"""The history as CSV, row by row; no cell of it is a formula to a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from timer_widget.models import Intent
from timer_widget.state import iso

from .presentation import answer_of, changes_of, entry_of, from_where

COLUMNS = (
    *("clicked_at", "settled_at", "user_id", "person", "kind", "answer", "is_automatic", "ended_at"),
    *("status", "carried_out_by", "item_id", "group_id"),
    *("client", "project", "task", "spent_date", "hours", "notes", "changes", "origin", "device", "page"),
    *("code", "message", "decisions", "entry_id", "click_id"),
)
# What spreadsheets take for the beginning of a formula, or for the end of a cell.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_OF_OWN = ("origin", "device", "page", "decisions")


def csv_lines(clicks: Iterable[Intent], *, own_alone: int | None = None, with_names: bool = True) -> Iterator[str]:
    """A line per click, under that of the columns' names.

    `own_alone` is the person whose device and decisions are told, and nobody else's; None tells all, operators' names
    included.
    """
    if with_names:
        yield "\ufeff" + _line(COLUMNS)
    for click in clicks:
        row = _row(click)
        if own_alone is not None and click.person_id != own_alone:
            row |= dict.fromkeys(_OF_OWN, "")
        elif own_alone is not None:
            row["decisions"] = _decisions(click, with_names=False)
        yield _line([row[name] for name in COLUMNS])


def harmless(value: Any) -> str:
    """Text that a spreadsheet shows as it stands: an apostrophe before what would be a formula."""
    text = "" if value is None else str(value).replace("\x00", "")
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_FORMULAS) else text


def _line(values: Iterable[Any]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([harmless(value) for value in values])
    return out.getvalue()


def _row(click: Intent) -> dict[str, Any]:
    said, entry = click.outcome or {}, entry_of(click)
    said = said.get("note", said)
    names = ("client", "project", "task", "spent_date", "hours", "notes")
    return {
        **{name: getattr(click, name) for name in ("kind", "status", "carried_out_by", "item_id", "group_id")},
        **{name: entry.get(name) for name in names},
        **answer_of(click),
        **from_where(click),
        "clicked_at": iso(click.clicked_at),
        "settled_at": iso(click.settled_at),
        "user_id": click.person.user_id,
        "person": str(click.person),
        "changes": "; ".join(f"{each['field']}: {each['before']} → {each['after']}" for each in changes_of(click)),
        "code": said.get("code"),
        "message": said.get("message"),
        "decisions": _decisions(click, with_names=True),
        "entry_id": click.harvest_entry_id,
        "click_id": click.pk,
    }


def _decisions(click: Intent, *, with_names: bool) -> str:
    return "; ".join(
        f"{iso(each.at)} {each.decision} by {(with_names and each.operator) or each.by}"
        for each in click.decisions.all()
    )
