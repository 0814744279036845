"""A host's page, our connect page and Harvest's consent, each on a site of its own, in one real browser."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.browsers import UNTIL_LOADED
from tests.processes import Bridge, running_bridge

from .host_page import Host, serving
from .isolating import isolating
from .published_sdk import published_sdk


@pytest.fixture(scope="session")
def sdk() -> bytes:
    return published_sdk()


@pytest.fixture
def host(bridge: Bridge, sdk: bytes) -> Iterator[Host]:
    with serving(Host(bridge.host_origin, bridge.url, sdk)) as running:
        yield running


def ask_link_token(bridge: Bridge, **asked: Any) -> str:
    answer = bridge.api.post("/link-token", json=asked)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["link_token"])


def connections_of(bridge: Bridge, tenant_id: str) -> list[str]:
    answer = bridge.api.get("/integrated-account", params={"tenant_id": tenant_id})
    return [row["id"] for row in answer.json()["result"]]


def success(bridge: Bridge, tenant_id: str) -> dict[str, Any]:
    """What the host is told of the tenant's one connection."""
    [connection_id] = connections_of(bridge, tenant_id)
    return {"result": "success", "integration": "harvest", "integrated_account_id": connection_id, "is_truto": True}


@pytest.fixture
def link_token(bridge: Bridge) -> Callable[..., str]:
    return partial(ask_link_token, bridge)


@dataclass
class Person:
    """Somebody at the host's page, and what they do in the windows that open."""

    page: Page
    host: Host
    sandbox: RunningSandbox
    consents: list[Page] = field(default_factory=list)

    def opens(self, link_token: str, **options: Any) -> None:
        """Opens the host's page and clicks Connect."""
        self.page.goto(self.host.page(link_token, **options))
        self.page.get_by_role("button", name="Connect").click()

    def starts(self, link_token: str, **options: Any) -> Page:
        """The same, with the popup that appears."""
        with self.page.expect_popup() as opened:
            self.opens(link_token, **options)
        return opened.value

    @property
    def frame(self) -> FrameLocator:
        return self.page.frame_locator("#truto-link-iframe")

    def continues(self, connect: Any, *, page: Page | None = None, button: str = "Continue to Harvest") -> Page:
        """From the connect page to Harvest's consent, in a window of its own."""
        opener = page or connect
        link = connect.get_by_role("link", name=button)
        link.evaluate(UNTIL_LOADED)  # before its script runs, a click leads to Harvest in the page itself
        with opener.expect_popup() as opened:
            link.click()
        self.consents.append(opened.value)
        return opened.value

    def allows(self, consent: Page, who: str = "Alice Okafor", *, only: str = "") -> None:
        """Says yes at Harvest and on our own page after it; of `only` these accounts Harvest alone is told."""
        consent.get_by_role("link", name=who).click()
        if only:
            expect(consent.get_by_role("button", name="Allow")).to_be_visible()
            for box in consent.locator("input[name=account_ids]").all():
                box.set_checked(box.get_attribute("value") in only.split())
            self.leaves(consent, "Allow")
            return
        consent.get_by_role("button", name="Allow").click()
        expect(consent.get_by_role("heading", name="Connect this Harvest account?")).to_be_visible()
        self.leaves(consent, "Connect")

    def denies(self, consent: Page, who: str = "Alice Okafor") -> None:
        consent.get_by_role("link", name=who).click()
        self.leaves(consent, "Deny")

    def leaves(self, window: Page, button: str) -> None:
        """Presses a button that closes its own window, a moment later, so that the click itself can be reported."""
        window.get_by_role("button", name=button, exact=True).evaluate("button => setTimeout(() => button.click(), 50)")

    def is_soon_closed(self, window: Page) -> bool:
        if not window.is_closed():
            window.wait_for_event("close")
        return window.is_closed()

    def outcome(self) -> dict[str, Any]:
        """What the promise came to."""
        expect(self.page.locator("#outcome")).not_to_be_empty()
        value: dict[str, Any] = json.loads(self.page.locator("#outcome").inner_text())
        return value

    def messages(self) -> list[Any]:
        """Everything that the host's window heard from the bridge."""
        heard: list[Any] = self.page.evaluate("window.heard")
        return [data for origin, data in heard if origin == self.host.bridge_url]


@pytest.fixture
def person(page: Page, host: Host, sandbox: RunningSandbox) -> Person:
    return Person(page, host, sandbox)


@pytest.fixture(scope="module")
def isolated_bridge(
    sandbox_of_the_session: RunningSandbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bridge]:
    """A bridge whose Harvest sends COOP `same-origin`, which cuts the tie between the windows."""
    with (
        isolating(sandbox_of_the_session.url) as harvest_url,
        running_bridge(tmp_path_factory.mktemp("isolated"), harvest_url=harvest_url) as bridge,
    ):
        yield bridge
