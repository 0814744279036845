"""Three shortcuts make mappings fast, and none may change an answer.

Plain paths go without the interpreter, or the short way within it, and only what an expression can read is sent.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harvest_bridge.unified.overrides.compilation import fields_read
from harvest_bridge.unified.overrides.evaluation import evaluate
from harvest_bridge.unified.overrides.mapped import mapped
from harvest_bridge.unified.overrides.plain_paths import NotPlain, plain_path, value_at
from harvest_bridge.unified.overrides.readable import as_json
from harvest_bridge.unified.remote import joined
from harvest_bridge.unified.schema import User

from .conftest import OWNER, person

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


def by_the_interpreter(text: str, records: list[Any]) -> tuple[list[Any], set[int]]:
    """As jsonata-python has it: `$$.` in front makes a path no plain one, and every field be sent."""
    column = evaluate(OWNER, {"x": text}, records)["x"]
    return list(column.values), set(column.failures)


@settings(max_examples=40, deadline=None)
@given(PATHS, st.lists(RECORDS, min_size=20, max_size=40))
@example("a", [{"a": None}])
@example("a.b", [{"a": [{"b": 1}]}, {"a": {"b": []}}, {"a": {"b": [[]]}}, {"a": {"b": ["x"]}}])
def test_a_plain_path_is_what_the_interpreter_says(path: str, records: list[Any]) -> None:
    steps = plain_path(path)
    assert steps is not None
    expected, _ = by_the_interpreter(f"$$.{path}", records)
    within, _ = by_the_interpreter(f"({path})", records)
    assert within == expected
    for record, value in zip(records, expected, strict=True):
        try:
            assert value_at(steps, record) == value
        except NotPlain:
            assert any(isinstance(each, list) for each in _along(steps, record))


@settings(max_examples=40, deadline=None)
@given(PATHS, st.integers(-2, 2), st.lists(RECORDS, min_size=20, max_size=40))
@example("a", 0, [{"a": [None]}, {"a": [[1]]}, {"a": None}, {"a": "x"}, {"a": []}, {"a": [{"b": 1}]}, {}])
@example("a.b", 0, [{"a": [{"b": [1, 2]}, {"b": [3]}]}])
def test_a_place_in_a_list_is_what_the_interpreter_says(path: str, place: int, records: list[Any]) -> None:
    assert by_the_interpreter(f"{path}[{place}]", records) == by_the_interpreter(f"$$.{path}[{place}]", records)


@settings(max_examples=40, deadline=None)
@given(PATHS, PATHS, st.lists(RECORDS, min_size=20, max_size=40))
def test_joined_texts_are_what_the_interpreter_says(first: str, second: str, records: list[Any]) -> None:
    parts = [f"$exists({path}) ? $string({path}) : ''" for path in (first, second)]
    assert by_the_interpreter(f"{first} & {second}", records) == by_the_interpreter(
        f"$join([{parts[0]}, {parts[1]}])", records
    )


def _along(steps: tuple[str, ...], record: Any) -> list[Any]:
    found = []
    for step in steps:
        record = record.get(step) if isinstance(record, dict) else None
        found.append(record)
    return found


@pytest.mark.parametrize(
    "text",
    ["a[0]", "a.*", "`a`", "a.b.c()", "true", "null", "a and b", "a.and", "$a", "é", "a b", "", "1", "a..b", "a."],
)
def test_other_texts_are_left_to_the_interpreter(text: str) -> None:
    assert plain_path(text) is None


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
    assert by_the_interpreter(text, records) == by_the_interpreter(everything, records)


@settings(max_examples=60, deadline=None)
@given(SHAPES, PATHS, PATHS, st.lists(RECORDS, min_size=5, max_size=15))
@example("{0} & {1}", "a", '`a"b`', [{"a": 1, 'a"b': 2, "b": 3}])
def test_what_is_left_out_of_harvests_record_is_not_missed(
    shape: str, first: str, second: str, records: list[Any]
) -> None:
    text = shape.format(f"remote_data.{first}", f"remote_data.{second}")
    people = [User(id="7", remote_data=joined(record)) for record in records]
    part, whole = (as_json(people, reach) for reach in (fields_read(OWNER, text), None))
    assert by_the_interpreter(text, part) == by_the_interpreter(text, whole)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("remote_data.first_name & ' ' & name", {"remote_data": ["first_name", "name", "remote_data"]}),
        ("remote_data.roles[$ = 'Designer']", {"remote_data": ["remote_data", "roles"]}),
        ("remote_data.a & $string(remote_data)", {"remote_data": None}),
        ("($r := remote_data; $r.a)", {"remote_data": None}),
        ("remote_data.(a)", {"remote_data": None}),
        ("remote_data[0].a", {"remote_data": None}),
        ("remote_data[a = 1].b", {"remote_data": None}),
        ("$string(id)", {"id": None}),
    ],
)
def test_what_an_expression_reads(text: str, read: dict[str, list[str] | None]) -> None:
    reach = fields_read(OWNER, text)
    assert reach is not None
    assert reach.items() >= read.items()


@pytest.mark.parametrize("text", ["$keys()", "$", "$$", "remote_data.%.id", "*", "a@$v", "remote_data.a@$v.b"])
def test_what_reads_the_whole_record(text: str) -> None:
    assert fields_read(OWNER, text) is None


def test_lists_on_the_way_are_gone_over_as_jsonata_does() -> None:
    (answer,) = mapped(OWNER, "users", {"custom_fields.x": "remote_data.a.b"}, [person(a=[{"b": 1}, {"b": 2}])])
    assert answer["custom_fields"]["x"] == [1, 2]
