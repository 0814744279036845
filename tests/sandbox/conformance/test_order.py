"""Keys stand in the order of the documentation's samples, where no recording or REFERENCE knows a better one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.conformance.calls import Caller
from tests.sandbox.conformance.openapi import Operation, operations
from tests.sandbox.conformance.strict import schema_name_of

# Records whose samples stand in another order than what the service sends.
BETTER_KNOWN = {
    ("Invoice", "Invoices"): "as recorded: Client_invoices",
    ("Project", "Projects"): "as recorded: Models_Project_get",
    ("TimeEntry", "TimeEntries"): "REFERENCE §8.11",
    ("User", "Users"): "as recorded: Client_me",
}
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


def misplaced(sample: Any, answer: Any, path: str) -> Iterator[str]:
    if isinstance(sample, dict) and isinstance(answer, dict):
        wanted, got = [key for key in sample if key in answer], [key for key in answer if key in sample]
        if wanted != got:
            yield f"{path}: {' '.join(got)}, not {' '.join(wanted)}"
        for key in wanted:
            yield from misplaced(sample[key], answer[key], f"{path}.{key}")
    elif isinstance(sample, list) and isinstance(answer, list) and sample and answer:
        yield from misplaced(sample[0], answer[0], f"{path}[]")
