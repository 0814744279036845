"""Harvest's ids keep their digits, however many: JSONata's own numbers have 53 bits."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest_bridge.unified.overrides.evaluation import evaluate
from harvest_bridge.unified.overrides.worker.integers import LargeIntegers, may_have_large

from .conftest import OWNER, one

LARGE = st.integers(2**53 + 1, 2**63 - 1) | st.integers(-(2**63), -(2**53) - 1)
NEAR = st.lists(st.integers(2**60, 2**60 + 300), min_size=2, max_size=5, unique=True)
RECORDS = st.recursive(
    LARGE | st.integers(-9, 9) | st.text("0123456789-a", max_size=30) | st.floats(-1e6, 1e6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=4),
    max_leaves=10,
)


@pytest.mark.parametrize("number", [9007199254740993, 12345678901234567, 123456789012345678, 2**63 - 1, -(2**62) - 1])
def test_an_id_of_many_digits_comes_out_as_it_is(number: int) -> None:
    digits = str(abs(number))
    assert one("remote_data.id", id=number) == number
    assert one("{'id': remote_data.id, 'all': [remote_data.id]}", id=number) == {"id": number, "all": [number]}
    assert one("'#' & $string($abs(remote_data.id))", id=number) == f"#{digits}"
    assert one("$type(remote_data.id)", id=number) == "number"
    assert one("remote_data.id = remote_data.other", id=number, other=number) is True


@given(NEAR)
def test_ids_that_are_one_double_stay_apart(ids: list[int]) -> None:
    integers = LargeIntegers({"ids": ids})
    doubles = integers.record["ids"]
    assert len(set(doubles)) == len(ids)
    assert integers.put_back(doubles) == ids


def test_ids_in_a_list_can_be_joined_and_chosen_from() -> None:
    ids = [2**60 + 1, 2**60 + 2, 2**60 + 3]
    texts = {"x": "$join(ids.$string(), ',')", "y": "ids[-1]", "z": "ids[$ = $$.ids[1]]"}
    column = evaluate(OWNER, texts, [{"ids": ids}])
    assert [column[name].values[0] for name in "xyz"] == [",".join(map(str, ids)), ids[2], ids[1]]


@given(RECORDS)
def test_what_is_taken_out_is_put_back(record: Any) -> None:
    integers = LargeIntegers(record)
    assert integers.put_back(integers.record) == record


def test_digits_that_stand_in_a_text_of_the_record_are_left_alone() -> None:
    number = 2**60 + 1
    rounded = re.sub(r"\.0$", "", f"{float(number):.0f}")
    for text in (rounded, "1152921504606847000", f"card {rounded}"):
        assert one("remote_data.text & ' ' & remote_data.id", id=number, text=text) == f"{text} {number}"


def test_most_pages_are_not_searched_twice() -> None:
    assert not may_have_large(b'{"id": 4000101, "at": "2020-01-02T03:04:05Z"}')
    assert may_have_large(b'{"id": 12345678901234567}')
