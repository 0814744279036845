"""Queries as the SDKs write them (truto-wire §8.1, 6)."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.api.query_lists import parsed_query, values_of


@pytest.mark.parametrize(
    ("query", "parsed"),
    [
        ("", {}),
        ("a=1", {"a": "1"}),
        ("a=", {"a": ""}),
        ("a", {"a": ""}),
        ("a[]=1&a[]=2", {"a": ["1", "2"]}),
        ("a%5B%5D=1", {"a": ["1"]}),
        ("a[0]=1&a[1]=2", {"a": ["1", "2"]}),
        ("a[1]=2&a[0]=1", {"a": ["1", "2"]}),
        ("a[900000000]=1", {"a": ["1"]}),
        ("a=1&a=2&a=3", {"a": ["1", "2", "3"]}),
        ("a=1,2", {"a": "1,2"}),
        ("a[]=1&a=2", {"a": ["1", "2"]}),
        ("a[b][c]=1&a[b][d]=2", {"a": {"b": {"c": "1", "d": "2"}}}),
        ("a[b][]=1&a[b][]=2", {"a": {"b": ["1", "2"]}}),
        ("a[0][b]=1&a[1][b]=2", {"a": [{"b": "1"}, {"b": "2"}]}),
        ("updated_at[gt]=2026-11-24", {"updated_at": {"gt": "2026-11-24"}}),
        ("a=%C3%BC+b", {"a": "ü b"}),
    ],
)
def test_every_encoding_means_what_it_says(query: str, parsed: dict[str, Any]) -> None:
    assert parsed_query(query) == parsed


@pytest.mark.parametrize("query", ["a[]=1&a[]=2", "a[0]=1&a[1]=2", "a=1,2", "a=1&a=2", "a=1,&a=2,1"])
def test_the_four_encodings_of_a_list_are_one(query: str) -> None:
    assert values_of(parsed_query(query)["a"]) == ["1", "2"]


def test_a_comma_is_part_of_a_text() -> None:
    assert values_of("ticket,7", splits_commas=False) == ["ticket,7"]


@pytest.mark.parametrize("nested", [{"b": "1"}, [{"b": "1"}]])
def test_nested_names_are_no_list(nested: Any) -> None:
    assert values_of(nested) is None


@pytest.mark.parametrize(
    "query",
    [
        "a[=1",
        "a]=1",
        "[]=1",
        "a[[b]]=1",
        "a[b]c=1",
        "a=1&a[b]=2",
        "a[b]=1&a=2",
        "a" + "[b]" * 8 + "=1",
        "&".join(f"a{n}=1" for n in range(1001)),
    ],
)
def test_what_makes_no_sense_is_refused(query: str) -> None:
    with pytest.raises(InvalidRequest):
        parsed_query(query)


@given(st.text(alphabet="ab[]01=&,%", max_size=40))
def test_no_query_breaks_it(query: str) -> None:
    with contextlib.suppress(InvalidRequest):
        assert isinstance(parsed_query(query), dict)
