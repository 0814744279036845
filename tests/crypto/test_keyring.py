"""What is sealed opens only here, only in its place, and only with its key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest_bridge.crypto.errors import BadKey, CannotOpen
from harvest_bridge.crypto.keyring import KeyRing, new_key

OLD, NEW = new_key(), new_key()


@given(secret=st.text(), place=st.text())
def test_what_was_sealed_opens_in_its_place(secret: str, place: str) -> None:
    ring = KeyRing([NEW])
    assert ring.open(ring.seal(secret, bound_to=place), bound_to=place) == secret


def test_sealed_text_does_not_show_what_is_inside() -> None:
    assert "canary" not in KeyRing([NEW]).seal("canary", bound_to="row 1")


def test_moved_to_another_row_it_does_not_open() -> None:
    ring = KeyRing([NEW])
    with pytest.raises(CannotOpen, match="moved from another row"):
        ring.open(ring.seal("token", bound_to="row 1"), bound_to="row 2")


def test_an_older_key_still_opens_after_a_newer_one_came() -> None:
    sealed = KeyRing([OLD]).seal("token", bound_to="row")
    ring = KeyRing([NEW, OLD])
    assert ring.open(sealed, bound_to="row") == "token"
    assert not ring.is_current(sealed)
    assert ring.is_current(ring.seal("token", bound_to="row"))


def test_a_removed_key_is_named_by_its_id() -> None:
    ring = KeyRing([OLD])
    with pytest.raises(CannotOpen, match=ring.newest_key_id):
        KeyRing([NEW]).open(ring.seal("token", bound_to="row"), bound_to="row")


@pytest.mark.parametrize("sealed", ["", "plain text", "hb1..", "hb2.12345678.AAAA", "hb1.12345678.####"])
def test_anything_else_is_refused(sealed: str) -> None:
    with pytest.raises(CannotOpen):
        KeyRing([NEW]).open(sealed, bound_to="row")


@pytest.mark.parametrize(
    ("keys", "what"), [([], "No encryption key"), (["c2hvcnQ="], "5 bytes"), (["not base64!"], "base64")]
)
def test_bad_keys_say_what_is_wrong_and_repeat_nothing(keys: list[str], what: str) -> None:
    with pytest.raises(BadKey, match=what) as caught:
        KeyRing(keys)
    assert not any(key in str(caught.value) for key in keys)
