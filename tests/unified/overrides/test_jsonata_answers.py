"""What mappings give is what jsonata-js gives, but for the differences that docs/mappings.md lists."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from harvest_bridge.unified.overrides.application import mapped
from harvest_bridge.unified.overrides.evaluation import evaluate

from .conftest import OWNER, one, person
from .test_jsonata_suite import SUITE, differences, is_same

RECORD = {"roles": ["a", "b"], "a": {"b": {"c": [1, [2, 3]]}}}
ANSWERS: dict[str, dict[str, Any]] = json.loads((SUITE / "answers.json").read_text())
AT_ONCE = 100


def different() -> Iterator[str]:
    texts = list(ANSWERS)
    for first in range(0, len(texts), AT_ONCE):
        columns = evaluate(OWNER, {text: text for text in texts[first : first + AT_ONCE]}, [RECORD])
        for text, column in columns.items():
            if not is_right(ANSWERS[text], column.values[0], has_failed=bool(column.failures)):
                yield text


def is_right(answer: dict[str, Any], value: Any, *, has_failed: bool) -> bool:
    """Keys in their order, too: `$keys` tells it."""
    if "error" in answer or has_failed:
        return "error" in answer and has_failed
    return is_same(value, answer["value"]) and list_of_keys(value) == list_of_keys(answer["value"])


def list_of_keys(value: Any) -> list[str]:
    return list(value) if isinstance(value, dict) else []


def test_every_expression_gives_jsonatas_answer_but_those_that_are_listed() -> None:
    listed = {text.replace("\\|", "|") for text in re.findall(r"`` ?(.+?) ?``", differences())}
    assert set(different()) == listed


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('$toMillis("2018")', 1514764800000),
        ('remote_data.roles[-1] ?: "none"', "Designer"),
        ("(-5) ?: 99", -5),
        (r'$replace("x12y", /(\d)(\d)/, function($m) { $m.groups[1] & $m.groups[0] })', "x21y"),
        (
            "$sort([{'k': 1, 'n': 1}, {'k': 0, 'n': 2}, {'k': 1, 'n': 3}], function($a, $b) { $a.k > $b.k }).n",
            [2, 1, 3],
        ),
        ('$formatNumber(12.345, "#,##0.00")', "12.34"),
        (r'"\uD83D\uDE00"', "😀"),
        ('$contains("x", undefined)', None),
        ("remote_data.id", 1234567890123456),
    ],
)
def test_the_differences_that_were_reported_are_gone(expression: str, value: Any) -> None:
    found = one(expression, id=1234567890123456)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    "expression",
    [
        "$toMillis('x')",
        "$fromMillis(1, '[')",
        "$number('x')",
        "$match('a', 7)",
        "$formatNumber(1, '')",
        "{1: 2}",
        "$f(1)",
    ],
)
def test_no_failure_shows_a_path_of_this_server(expression: str) -> None:
    (answer,) = mapped(OWNER, "users", {"title": expression}, [person()])
    assert not re.search(r"/\w+/|\.py|\.rs|site-packages", answer["mapping_errors"][0]["message"])
