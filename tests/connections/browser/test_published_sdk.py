"""`@truto/truto-link-sdk`, unmodified, with nothing but `baseUrl` (and `iframe: false`) changed."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.processes import Bridge

from .conftest import Person, ask_link_token
from .host_page import Host, serving

LinkToken = Callable[..., str]


def connections(bridge: Bridge, tenant_id: str) -> list[str]:
    answer = bridge.api.get("/integrated-account", params={"tenant_id": tenant_id})
    return [row["id"] for row in answer.json()["result"]]


def assert_connected(person: Person, bridge: Bridge, tenant_id: str) -> None:
    [connection_id] = connections(bridge, tenant_id)
    success = {
        "result": "success",
        "integration": "harvest",
        "integrated_account_id": connection_id,
        "is_truto": True,
    }
    assert person.outcome() == {"resolved": success}
    assert person.messages() == [success]


def test_a_popup_resolves(person: Person, bridge: Bridge, link_token: LinkToken) -> None:
    popup = person.starts(link_token(tenant_id="popup"), iframe=False)
    consent = person.continues(popup)
    person.allows(consent)
    assert_connected(person, bridge, "popup")
    assert [popup.is_closed(), consent.is_closed()] == [True, True]


def test_a_popup_resolves_though_harvest_cuts_the_tie_between_windows(
    isolated_bridge: Bridge, page: Page, sdk: bytes, sandbox: RunningSandbox
) -> None:
    with serving(Host(isolated_bridge.host_origin, isolated_bridge.url, sdk)) as host:
        person = Person(page, host, sandbox)
        popup = person.starts(ask_link_token(isolated_bridge, tenant_id="isolated"), iframe=False)
        consent = person.continues(popup)
        expect(consent.get_by_role("link", name="Alice Okafor")).to_be_visible()
        assert consent.evaluate("window.opener") is None
        person.allows(consent)
        assert_connected(person, isolated_bridge, "isolated")
        print("closed", consent.is_closed())
