"""A cursor is opaque, ours, and good for its own list only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest_bridge.api.cursors import decode_cursor, encode_cursor
from harvest_bridge.api.errors import InvalidRequest


@given(position=st.text() | st.lists(st.integers()), list_id=st.text())
def test_it_comes_back_as_it_went(position: object, list_id: str) -> None:
    assert decode_cursor(encode_cursor(position, list_id=list_id), list_id=list_id) == position


def test_an_empty_one_means_the_first_page() -> None:
    assert decode_cursor("", list_id="users") is None


@pytest.mark.parametrize(
    "text",
    ["garbage", "a:b:c", encode_cursor("page:2", list_id="roles")],
    ids=["garbage", "unsigned", "of another list"],
)
def test_a_forged_or_foreign_one_is_a_400(text: str) -> None:
    with pytest.raises(InvalidRequest, match="next_cursor"):
        decode_cursor(text, list_id="users")
