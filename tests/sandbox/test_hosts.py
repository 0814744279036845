"""The sandbox answers by its own names alone: a name of another site that points at us (DNS rebinding) gets nothing."""

from __future__ import annotations

import httpx
import pytest

from harvest_bridge.sandbox.foreign import is_by_our_name
from harvest_bridge.sandbox.testing import RunningSandbox


@pytest.mark.parametrize(
    "path", ["/", "/sandbox/api/accounts", "/sandbox/api/journal", "/oauth2/authorize", "/v2/users/me"]
)
@pytest.mark.parametrize("host", ["rebound.example.com", "rebound.example.com:8001", "localhost.example.com", ""])
def test_another_name_gets_nothing(sandbox: RunningSandbox, path: str, host: str) -> None:
    answer = httpx.get(f"{sandbox.url}{path}", headers={"Host": host}, trust_env=False)
    assert answer.status_code == 421
    assert "--allow-host" in answer.text


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8001", "127.0.0.1:8001", "[::1]:8001", "board.localhost:1", "10.0.0.9"]
)
def test_this_machines_names_and_addresses_are_answered(sandbox: RunningSandbox, host: str) -> None:
    answer = httpx.get(f"{sandbox.url}/sandbox/api/accounts", headers={"Host": host}, trust_env=False)
    assert answer.status_code == 200


def test_a_name_that_was_configured_is_one_of_ours() -> None:
    headers = [(b"host", b"sandbox:8001")]
    assert is_by_our_name(headers, ["sandbox"])
    assert not is_by_our_name(headers)
    assert not is_by_our_name([*headers, *headers], ["sandbox"])
