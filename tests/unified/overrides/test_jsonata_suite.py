"""jsonata-js's own test suite, and docs/mappings.md's list of what differs: neither more nor less than what fails."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from jlens import JlensError

from harvest_bridge.env import ROOT
from harvest_bridge.unified.overrides.worker.expressions import EvalRefused, compiled

SUITE = Path(__file__).parent / "jsonata_suite"
CASES: dict[str, Any] = json.loads((SUITE / "cases.json").read_text())
DATASETS: dict[str, Any] = json.loads((SUITE / "datasets.json").read_text())
DOCUMENT = (ROOT / "docs" / "mappings.md").read_text()
PROCESSOR_SECONDS = 0.25  # for the cases that never end
OUT_OF_TIME = "D1012"


def outcome(case: dict[str, Any]) -> tuple[str, Any]:
    """An error's code, or a value."""
    record = case["data"] if "data" in case else DATASETS[case["dataset"]] if "dataset" in case else None
    try:
        return "value", evaluated(case, record)
    except JlensError as error:
        return "code", error.code
    except (EvalRefused, UnicodeEncodeError) as error:
        return "code", type(error).__name__


def evaluated(case: dict[str, Any], record: Any) -> Any:
    """The library's limit is of the clock, in which others use the processor too: it grows until enough was had."""
    expression, limit = compiled(case["expr"]), 2 * PROCESSOR_SECONDS
    while True:
        began, now = time.thread_time(), time.time_ns() // 1_000_000
        try:
            return expression.evaluate(record, case.get("bindings"), now=now, timeout=limit)
        except JlensError as error:
            if error.code != OUT_OF_TIME or time.thread_time() - began > PROCESSOR_SECONDS:
                raise
        limit *= 2


def is_right(case: dict[str, Any]) -> bool:
    kind, found = outcome(case)
    if "code" in case:
        return (kind, found) == ("code", case["code"])
    expected = case.get("result")
    if "unordered" in case:
        found, expected = sorted(found, key=repr), sorted(expected, key=repr)
    return kind == "value" and is_same(found, expected)


def is_same(one: Any, other: Any) -> bool:
    """As JSON has it: 1 and 1.0 are the same, 1 and true are not."""
    return json.dumps(as_json(one), sort_keys=True) == json.dumps(as_json(other), sort_keys=True)


def as_json(value: Any) -> Any:
    if type(value) is int:
        return float(value)
    if isinstance(value, list):
        return [as_json(item) for item in value]
    if isinstance(value, dict):
        return {name: as_json(item) for name, item in value.items()}
    return value


def differences() -> str:
    """The rows of the table of differences."""
    section = DOCUMENT.partition("## Where mappings differ from jsonata-js")[2].partition("\n## ")[0]
    return "\n".join(row for row in section.splitlines() if row.startswith("|"))


@pytest.fixture(scope="module")
def failing() -> set[str]:
    return {name for name, case in CASES.items() if not is_right(case)}


def test_what_fails_of_the_suite_is_what_the_document_lists(failing: set[str]) -> None:
    assert set(re.findall(r"`([\w-]+/[\w.\[\]-]+)`", differences())) == failing


def test_the_document_tells_the_score(failing: set[str]) -> None:
    assert f"{len(CASES) - len(failing):,} of its {len(CASES):,} cases" in DOCUMENT
