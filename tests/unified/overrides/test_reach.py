"""Of a record only what an expression can read is sent, and that never changes an answer."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harvest_bridge.unified.harvest_records import joined
from harvest_bridge.unified.overrides.compilation import fields_read
from harvest_bridge.unified.overrides.evaluation import evaluate
from harvest_bridge.unified.overrides.expression_input import as_json
from harvest_bridge.unified.schema import User

from .conftest import OWNER

NAMES = st.sampled_from(["a", "b", "remote_data", "roles"])
LEAVES = st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab", max_size=2)
RECORDS = st.dictionaries(
    NAMES,
    st.recursive(
        LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8
    ),
    max_size=4,
)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(".".join)


def answers(text: str, records: list[Any]) -> tuple[list[Any], set[int]]:
    column = evaluate(OWNER, {"x": text}, records)["x"]
    return list(column.values), set(column.failures)


SHAPES = st.sampled_from(
    [
        "{0} & {1}",
        "$string({0})",
        "$exists({0}) ? {0} : {1}",
        "[{0}, {1}]",
        "{{'x': {0}}}",
        "$count({0}[$ = 'a'])",
        "$",
        "$$",
        "*",
        "**",
        "$keys()",
        "$keys($)",
        "$spread({0})",
        "($k := $keys; $k())",
        "$map([1, 2], function($v) {{ {0} }})",
        "$ ~> $keys",
        "{0}.%.{1}",
        "{0}@$v",
        "{0}@$v.{1}",
        "{0}#$i.{1}",
        "$lookup($, 'a')",
        "$lookup({0}, 'a')",
        "$sift(function($v) {{ true }})",
        "{0}.$keys()",
        "{0}{{'k': $}}",
        "$each(function($v, $k) {{ $k }})",
        "$merge([{0}, $])",
        '"a"."b"',
    ]
)


@settings(max_examples=60, deadline=None)
@given(SHAPES, PATHS, PATHS, st.lists(RECORDS, min_size=5, max_size=15))
def test_what_is_not_sent_is_not_missed(shape: str, first: str, second: str, records: list[Any]) -> None:
    text = shape.format(first, second)
    everything = f"({text}; {text}; $$ ? {text} : {text})"  # the `$$` has the whole record sent
    assert fields_read(OWNER, everything) is None
    assert answers(text, records) == answers(everything, records)


@settings(max_examples=60, deadline=None)
@given(SHAPES, PATHS, PATHS, st.lists(RECORDS, min_size=5, max_size=15))
@example("{0} & {1}", "a", '`a"b`', [{"a": 1, 'a"b': 2, "b": 3}])
def test_what_is_left_out_of_harvests_record_is_not_missed(
    shape: str, first: str, second: str, records: list[Any]
) -> None:
    text = shape.format(f"remote_data.{first}", f"remote_data.{second}")
    people = [User(id="7", remote_data=joined(record)) for record in records]
    part, whole = (as_json(people, reach) for reach in (fields_read(OWNER, text), None))
    assert answers(text, part) == answers(text, whole)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("remote_data.first_name & ' ' & name", {"remote_data": ["first_name"], "name": None}),
        ("remote_data.roles[$ = 'Designer']", {"remote_data": ["roles"]}),
        ("remote_data.a & $string(remote_data)", {"remote_data": None}),
        ("($r := remote_data; $r.a)", {"remote_data": ["a"]}),
        ("remote_data.(a)", {"remote_data": ["a"]}),
        ("remote_data[0].a", {"remote_data": ["a"]}),
        ("remote_data[a = 1].b", {"remote_data": ["a", "b"]}),
        ("$string(id)", {"id": None}),
    ],
)
def test_what_an_expression_reads(text: str, read: dict[str, list[str] | None]) -> None:
    assert fields_read(OWNER, text) == read


@pytest.mark.parametrize("text", ["$keys()", "$", "$$", "*", "**"])
def test_what_reads_the_whole_record(text: str) -> None:
    assert fields_read(OWNER, text) is None
