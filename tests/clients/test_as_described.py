"""Every call does what the OpenAPI description says, for whatever schemathesis thinks of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

import harvest_bridge.asgi  # noqa: F401 (so that every error is known)
from harvest_bridge.console.openapi_document import document
from harvest_bridge.mirror.serializers import LONGEST_WAIT
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.processes import Bridge, is_running, running_bridge
from tests.proxy.drop_in.conftest import link_account
from tests.shared import Shared

# Schemathesis walks the edges of every parameter, some fifty calls for each operation: for one operation of each kind.
EDGES = [
    *("create_link_token", "list_integrated_accounts", "list_users", "create_user", "update_role", "list_utilization"),
    *("proxy_list_time_entries", "proxy_create_clients", "custom_post"),
]
# 424 too: the call before it may have ended the connection, such as by archiving the person who linked it.
CHECKS = {"negative_data_rejection": {"expected-statuses": ["4xx", "5xx"]}}
plain = schemathesis.Config.from_dict({"checks": CHECKS, "phases": {"coverage": {"enabled": False}}})
every_call = schemathesis.openapi.from_dict(deepcopy(document()), config=plain)  # it changes what it is given
with_checks = schemathesis.Config.from_dict({"checks": CHECKS})
edges = schemathesis.openapi.from_dict(deepcopy(document()), config=with_checks).include(operation_id=EDGES)
bounded = settings(
    max_examples=3,
    derandomize=True,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@dataclass
class Unhurried:
    """A bridge whose Harvest has no limits, and the connection that its operations were last called for."""

    bridge: Bridge
    linked: str = ""


@contextmanager
def running_unhurried(folder: Path, harvest_url: str) -> Iterator[Unhurried]:
    no_limits: Any = {"HARVEST_REQUESTS_PER_WINDOW": "100000", "HARVEST_REPORT_REQUESTS_PER_WINDOW": "100000"}
    with running_bridge(folder, harvest_url=harvest_url, **no_limits) as bridge:
        yield Unhurried(bridge)


@pytest.fixture(scope="module")
def unhurried(
    tmp_path_factory: pytest.TempPathFactory, sandbox_of_the_session: RunningSandbox
) -> Iterator[Shared[Unhurried]]:
    def start() -> AbstractContextManager[Unhurried]:
        return running_unhurried(tmp_path_factory.mktemp("unhurried"), sandbox_of_the_session.url)

    with Shared(start, lambda one: is_running(one.bridge)) as shared:
        yield shared


@pytest.fixture
def connected(unhurried: Shared[Unhurried], sandbox_of_the_session: RunningSandbox) -> Iterator[tuple[Bridge, str]]:
    """With a connection that is alive: an operation before may have archived or deleted the person who linked it."""
    one = unhurried.get()
    if not one.linked or not is_alive(one.bridge, one.linked):
        sandbox_of_the_session.reset()
        sandbox_of_the_session.switch(requests_per_window=100_000, report_requests_per_window=100_000)
        one.linked = link_account(one.bridge, sandbox_of_the_session, "alice")
    yield one.bridge, one.linked
    one.bridge.web.raise_if_dead()


def is_alive(bridge: Bridge, connection_id: str) -> bool:
    """As Harvest says: the directory may answer from what it keeps."""
    me = bridge.api.get("/custom/v2/users/me", params={"integrated_account_id": connection_id})
    return me.status_code == 200


@every_call.parametrize()
@bounded
def test_every_call_answers_as_described(case: schemathesis.Case[Any], connected: tuple[Bridge, str]) -> None:
    check(case, *connected)


@edges.parametrize()
@bounded
def test_calls_at_the_edges_do_so_too(case: schemathesis.Case[Any], connected: tuple[Bridge, str]) -> None:
    check(case, *connected)


def check(case: schemathesis.Case[Any], bridge: Bridge, connection_id: str) -> None:
    # No schema can tell a cursor or a body that Harvest takes from one that it does not.
    excluded = [positive_data_acceptance]
    if "" in (case.query or {}).values():
        excluded.append(negative_data_rejection)  # an empty parameter is one that was not given (truto-wire §8.3)
    if goes_to_harvest_as_it_came(case):
        excluded.append(negative_data_rejection)
    if any(parameter.name == "integrated_account_id" for parameter in case.operation.query):
        case.query = {**(case.query or {}), "integrated_account_id": connection_id}
    if isinstance(case.body, dict) and 1 < as_number(case.body.get("wait")) <= LONGEST_WAIT:
        case.body = case.body | {"wait": 1}  # no worker is there to wait for, and the client waits ten seconds at most
    headers = {"Authorization": f"Bearer {bridge.host['api_key']}"}
    case.call_and_validate(base_url=bridge.url, headers=headers, excluded_checks=excluded)


def as_number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def goes_to_harvest_as_it_came(case: schemathesis.Case[Any]) -> bool:
    """The body is wrong, and Harvest's to judge: it takes numbers as text and knows more words than it documents."""
    part = case.meta.components.get(ParameterLocation.BODY) if case.meta else None
    return case.path.startswith("/proxy/") and part is not None and part.mode.is_negative
