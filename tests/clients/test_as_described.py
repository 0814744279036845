"""Every call does what the OpenAPI description says, for whatever schemathesis thinks of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

import harvest_bridge.asgi  # noqa: F401 (so that every error is known)
from harvest_bridge.console.description import document
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.processes import Bridge, running_bridge
from tests.proxy.drop_in.conftest import link_account

schema = schemathesis.openapi.from_dict(document())


@pytest.fixture(scope="module")
def unhurried(
    tmp_path_factory: pytest.TempPathFactory, sandbox_of_the_session: RunningSandbox
) -> Iterator[tuple[Bridge, str]]:
    """A bridge whose Harvest has no limits, and a connection of its own."""
    sandbox_of_the_session.reset()
    sandbox_of_the_session.switch(requests_per_window=100_000, report_requests_per_window=100_000)
    with running_bridge(
        tmp_path_factory.mktemp("unhurried"),
        harvest_url=sandbox_of_the_session.url,
        HARVEST_REQUESTS_PER_WINDOW="100000",
        HARVEST_REPORT_REQUESTS_PER_WINDOW="100000",
    ) as bridge:
        yield bridge, link_account(bridge, sandbox_of_the_session, "alice")


@schema.parametrize()
@settings(
    max_examples=2,
    derandomize=True,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_call_answers_as_described(case: schemathesis.Case[Any], unhurried: tuple[Bridge, str]) -> None:
    bridge, connection_id = unhurried
    if any(parameter.name == "integrated_account_id" for parameter in case.operation.query):
        case.query = {**(case.query or {}), "integrated_account_id": connection_id}
    headers = {"Authorization": f"Bearer {bridge.host['api_key']}"}
    # No schema can tell a cursor or a body that Harvest takes from one that it does not.
    case.call_and_validate(base_url=bridge.url, headers=headers, excluded_checks=[positive_data_acceptance])
