"""Keys stand in the order of the documentation's samples, where no recording or REFERENCE knows a better one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.conformance.calls import Caller
from tests.sandbox.conformance.openapi import Operation, operation, operations
from tests.sandbox.conformance.strict import schema_name_of

# Records whose samples stand in another order than what the service sends.
BETTER_KNOWN = {
    ("Invoice", "Invoices"): "as recorded: Client_invoices",
    ("Project", "Projects"): "as recorded: Models_Project_get",
    ("TimeEntry", "TimeEntries"): "REFERENCE §8.11",
    ("User", "Users"): "as recorded: Client_me",
}
ENTRY = (
    "id spent_date hours hours_without_timer rounded_hours notes is_locked locked_reason is_closed approval_status "
    "is_billed timer_started_at started_time ended_time is_running billable budgeted billable_rate cost_rate "
    "created_at updated_at user client project task user_assignment task_assignment invoice external_reference"
)
USER_ASSIGNMENT = "id is_project_manager is_active use_default_rates budget created_at updated_at hourly_rate"
TASK_ASSIGNMENT = "id billable is_active created_at updated_at hourly_rate budget"
EXTERNAL_REFERENCE = "id group_id account_id permalink service service_icon_url"  # §7.8
ENTRIES = operation("GET /time_entries")
SAMPLES = [one for one in operations() if one.sample is not None]
OTHERS = [one for one in SAMPLES if any(one.answer in names for names in BETTER_KNOWN)]


@pytest.mark.parametrize("sample", [one for one in SAMPLES if one not in OTHERS], ids=str)
def test_keys_stand_in_the_order_of_the_sample(caller: Caller, sample: Operation) -> None:
    assert list(misplaced(sample.sample, caller.call(sample).json(), str(schema_name_of(sample)))) == []


@pytest.mark.parametrize("sample", OTHERS, ids=str)
def test_no_sample_is_set_aside_for_nothing(caller: Caller, sample: Operation) -> None:
    """It differs in the order of the record itself, which is known better, and nowhere inside."""
    found = list(misplaced(sample.sample, caller.call(sample).json(), str(sample.answer)))
    record = {"Invoices": "Invoices.invoices[]", "Projects": "Projects.projects[]", "Users": "Users.users[]"}
    record["TimeEntries"] = "TimeEntries.time_entries[]"
    assert [one.partition(":")[0] for one in found] == [record.get(str(sample.answer), sample.answer)]


def test_an_entry_stands_in_the_order_of_the_server(caller: Caller) -> None:
    """REFERENCE §8.11 [R24], which no recording here is young enough to show."""
    (entry,) = [one for one in caller.call(ENTRIES).json()["time_entries"] if one["invoice"]]
    assert list(entry) == ENTRY.split()
    assert list(entry["client"]) == ["id", "name", "currency"]
    assert list(entry["project"]) == ["id", "name", "code"]
    assert list(entry["user_assignment"]) == USER_ASSIGNMENT.split()
    assert list(entry["task_assignment"]) == TASK_ASSIGNMENT.split()
    assert list(entry["external_reference"]) == EXTERNAL_REFERENCE.split()


def misplaced(sample: Any, answer: Any, path: str) -> Iterator[str]:
    if isinstance(sample, dict) and isinstance(answer, dict):
        wanted, got = [key for key in sample if key in answer], [key for key in answer if key in sample]
        if wanted != got:
            yield f"{path}: {' '.join(got)}, not {' '.join(wanted)}"
        for key in wanted:
            yield from misplaced(sample[key], answer[key], f"{path}.{key}")
    elif isinstance(sample, list) and isinstance(answer, list) and sample and answer:
        yield from misplaced(sample[0], answer[0], f"{path}[]")
