"""Every filter of every list in the OpenAPI file chooses what its name says, and nothing else (REFERENCE §4.4, §8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from tests.sandbox.conformance.calls import Caller
from tests.sandbox.conformance.corrections import ALSO_FILTERS
from tests.sandbox.conformance.openapi import Operation, operation, operations

Row = dict[str, Any]
PAGING = {"page", "per_page", "cursor"}
LISTS = [one for one in operations() if one.method == "GET" and "per_page" in one.query and "/reports" not in one.path]
FILTERS = [(one, name) for one in LISTS for name in one.query if name not in PAGING]
FILTERS += [(operation(name), field) for name, field, _ in ALSO_FILTERS]

# What a row says to a filter: all the values that find it.
SAYS: dict[str, Callable[[Row], Iterable[Any]]] = {
    "user_id": lambda row: [row["user"]["id"]],
    "client_id": lambda row: [row["client"]["id"]],
    "task_id": lambda row: [row["task"]["id"]],
    "project_id": lambda row: [one["project"]["id"] for one in row.get("line_items", [row]) if one["project"]],
    "external_reference_id": lambda row: [row["external_reference"]["id"]] if row["external_reference"] else [],
    "is_active": lambda row: [row["is_active"]],
    "is_billed": lambda row: [row["is_billed"]],
    "is_running": lambda row: [row["is_running"]],
    "state": lambda row: [row["state"]],
    "approval_status": lambda row: [row["approval_status"]],
}
NOBODYS = {"state": "unheard-of", "approval_status": "unheard-of", "external_reference_id": "none"}


def rows(caller: Caller, listing: Operation, **params: Any) -> list[Row]:
    answer = caller.call(listing, params=params)
    assert answer.status_code == 200, answer.text
    found: list[Row] = next(iter(answer.json().values()))
    return found


@pytest.mark.parametrize(("listing", "name"), [one for one in FILTERS if one[1] in SAYS], ids=str)
def test_a_filter_finds_the_rows_that_say_so(caller: Caller, listing: Operation, name: str) -> None:
    whole, says = rows(caller, listing), SAYS[name]
    values = {value for row in whole for value in says(row)}
    assert values
    absent = {True, False} if name.startswith("is_") else {NOBODYS.get(name, "1")}
    for value in values | absent:
        sent = str(value).lower() if isinstance(value, bool) else value
        assert rows(caller, listing, **{name: sent}) == [row for row in whole if value in says(row)], value


@pytest.mark.parametrize("listing", [one for one, name in FILTERS if name == "updated_since"], ids=str)
def test_updated_since_leaves_out_the_very_second(caller: Caller, listing: Operation) -> None:
    whole = rows(caller, listing)
    for moment in (row["updated_at"] for row in whole):
        later = [row for row in whole if row["updated_at"] > moment]
        assert rows(caller, listing, updated_since=moment) == later


@pytest.mark.parametrize("listing", [one for one, name in FILTERS if name == "from"], ids=str)
def test_from_and_to_are_days_both_included(caller: Caller, listing: Operation) -> None:
    whole = rows(caller, listing)
    day = whole[0].get("spent_date") or whole[0]["issue_date"]
    before, after = day[:-2] + "01", day[:-2] + "30"
    assert rows(caller, listing, **{"from": day, "to": day}) == whole
    assert rows(caller, listing, **{"from": after}) == rows(caller, listing, to=before) == []


def test_no_filter_is_forgotten() -> None:
    assert {name for _, name in FILTERS} == {*SAYS, "updated_since", "from", "to"}
    assert not any(field in operation(name).query for name, field, _ in ALSO_FILTERS)
