"""The look-out for secrets sees what it should."""

from __future__ import annotations

import pytest

from harvest_bridge.connections.models import Connection
from harvest_bridge.crypto.ring import key_ring
from tests.secret_shapes import secrets_in


@pytest.mark.parametrize(
    "secret", ["7000101.at.abcdefgh12", "7000101.rt.abcdefgh12", "hb_live_" + "x" * 43, "hb_ts_" + "y" * 43]
)
def test_each_kind_of_secret_is_seen(secret: str) -> None:
    assert secrets_in(f"some text {secret} more text")


@pytest.mark.django_db
def test_real_harvest_tokens_have_the_shape_that_is_looked_for(alices: Connection) -> None:
    for field in ("access token", "refresh token"):
        sealed = getattr(alices, f"sealed_{field.replace(' ', '_')}")
        assert secrets_in(key_ring().open(sealed, bound_to=alices.binding(field)))
