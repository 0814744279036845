"""`@truto/truto-link-sdk`, unmodified, with nothing but `baseUrl` (and `iframe: false`) changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.browsers import BrowserErrors
from tests.processes import Bridge

from .conftest import Person, ask_link_token, connections_of, success
from .host_page import Host, serving

LinkToken = Callable[..., str]
DONE = ("text/html", b'<title>Done</title><link rel="icon" href="data:,">')


def test_a_popup_resolves(person: Person, bridge: Bridge, link_token: LinkToken) -> None:
    popup = person.starts(link_token(tenant_id="popup"), iframe=False)
    consent = person.continues(popup)
    person.allows(consent)
    assert person.outcome() == {"resolved": success(bridge, "popup")}
    assert person.messages() == [success(bridge, "popup")]
    assert [popup.is_closed(), person.is_soon_closed(consent)] == [True, True]


class TestIsolatedHarvest:
    """A provider whose pages send COOP `same-origin`, which cuts the tie between it and the window that opened it."""

    @pytest.fixture
    def person(self, isolated_bridge: Bridge, page: Page, sdk: bytes, sandbox: RunningSandbox) -> Iterator[Person]:
        with serving(Host(isolated_bridge.host_origin, isolated_bridge.url, sdk)) as host:
            yield Person(page, host, sandbox)

    def test_a_popup_resolves(self, person: Person, isolated_bridge: Bridge) -> None:
        popup = person.starts(ask_link_token(isolated_bridge, tenant_id="popup"), iframe=False)
        consent = person.continues(popup)
        expect(consent.get_by_role("link", name="Alice Okafor")).to_be_visible()
        assert consent.evaluate("window.opener") is None
        person.allows(consent)
        assert person.outcome() == {"resolved": success(isolated_bridge, "popup")}
        assert person.is_soon_closed(consent)

    def test_our_drop_in_resolves_in_a_frame(self, person: Person, isolated_bridge: Bridge) -> None:
        person.opens(ask_link_token(isolated_bridge, tenant_id="frame"), sdk=person.host.drop_in)
        consent = person.continues(person.frame, page=person.page)
        person.allows(consent)
        assert person.outcome() == {"resolved": success(isolated_bridge, "frame")}

    def test_the_same_window_comes_back(self, person: Person, isolated_bridge: Bridge) -> None:
        text = ask_link_token(isolated_bridge, tenant_id="same", redirect_uri=f"{person.host.origin}/done")
        person.host.files["/done"] = DONE
        person.opens(text, sameWindow=True)
        person.page.get_by_role("link", name="Continue to Harvest").click()
        person.allows(person.page)
        person.page.wait_for_url("**/done?result=success**")


class TestSameWindow:
    """The page goes away and comes back to `redirect_uri` with the outcome in its query."""

    @pytest.fixture
    def start(self, person: Person, link_token: LinkToken) -> Callable[[str], None]:
        def go(tenant_id: str) -> None:
            text = link_token(tenant_id=tenant_id, redirect_uri=f"{person.host.origin}/done?tab=2")
            person.host.files["/done"] = DONE
            person.opens(text, sameWindow=True)

        return go

    def query(self, person: Person) -> dict[str, str]:
        person.page.wait_for_url("**/done?**")
        return {name: values[0] for name, values in parse_qs(urlsplit(person.page.url).query).items()}

    def test_success(self, person: Person, bridge: Bridge, start: Callable[[str], None]) -> None:
        start("same-window")
        person.page.get_by_role("link", name="Continue to Harvest").click()
        person.allows(person.page)
        query = self.query(person)
        assert {"is_truto": True, **query} == {"tab": "2", **success(bridge, "same-window")}

    def test_a_no_comes_straight_back(self, person: Person, start: Callable[[str], None]) -> None:
        start("same-window-no")
        person.page.get_by_role("link", name="Continue to Harvest").click()
        person.denies(person.page)
        assert self.query(person) == {
            "tab": "2",
            "result": "error",
            "integration": "harvest",
            "error": "You did not allow access, so nothing was connected.",
            "error_type": "connection_error",
        }

    def test_what_can_be_mended_is_offered_first(
        self, person: Person, start: Callable[[str], None], sandbox: RunningSandbox, browser_errors: BrowserErrors
    ) -> None:
        browser_errors.expect("422")
        start("same-window-forecast")
        person.page.get_by_role("link", name="Continue to Harvest").click()
        person.allows(person.page, only=str(sandbox.forecast_account_id))
        expect(person.page.get_by_role("alert")).to_contain_text("Forecast only")
        expect(person.page.get_by_role("link", name="Choose another account")).to_be_visible()
        person.page.get_by_role("link", name="Back to Ticket board").click()
        assert self.query(person)["error_type"] == "validation_error"

    def test_going_back_without_connecting(self, person: Person, start: Callable[[str], None]) -> None:
        start("same-window-back")
        person.page.get_by_role("link", name="Back to Ticket board").click()
        assert self.query(person)["error"] == "closed"

    def test_an_unknown_integration(self, person: Person, link_token: LinkToken, browser_errors: BrowserErrors) -> None:
        browser_errors.expect("404")
        text = link_token(tenant_id="same", redirect_uri=f"{person.host.origin}/done")
        person.host.files["/done"] = DONE
        person.opens(text, sameWindow=True, integration="slack")
        assert (self.query(person)["error_type"], self.query(person)["integration"]) == ("invalid_integration", "slack")


class TestErrors:
    """Rejections carry the payload of truto-wire §2.3, and the host hears exactly one message."""

    @pytest.fixture(autouse=True)
    def _pages_of_failures(self, browser_errors: BrowserErrors) -> None:
        browser_errors.expect("401", "403", "404", "422", "503")

    def rejection(self, person: Person) -> dict[str, str]:
        rejected = person.outcome()["rejected"]
        assert rejected["isError"]
        assert rejected["message"] == rejected["error"]
        assert len(person.messages()) == 1
        return {name: rejected[name] for name in ("result", "integration", "error_type")}

    def test_a_forged_link_token(self, person: Person) -> None:
        person.starts("hb_link_forged", iframe=False)
        assert self.rejection(person) == {
            "result": "error",
            "integration": "harvest",
            "error_type": "invalid_token",
        }

    def test_a_used_link_token(self, person: Person, link_token: LinkToken) -> None:
        text = link_token(tenant_id="used")
        person.allows(person.continues(person.starts(text, iframe=False)))
        person.outcome()
        person.starts(text, iframe=False)
        assert self.rejection(person)["error_type"] == "invalid_token"

    @pytest.mark.parametrize(
        "options", [{"integration": "slack"}, {"integrations": ["slack", "jira"]}], ids=["one", "several"]
    )
    def test_an_unknown_integration(self, person: Person, link_token: LinkToken, options: dict[str, object]) -> None:
        person.starts(link_token(tenant_id="acme"), iframe=False, **options)
        assert self.rejection(person) == {
            "result": "error",
            "integration": "slack",
            "error_type": "invalid_integration",
        }

    def test_our_own_integration_among_others_is_offered(self, person: Person, link_token: LinkToken) -> None:
        popup = person.starts(
            link_token(tenant_id="acme"),
            iframe=False,
            integrations=["slack", "harvest"],
            skipRapidForm=True,
            noBack=True,
        )
        expect(popup.get_by_role("link", name="Continue to Harvest")).to_be_visible()

    def test_a_denied_consent(self, person: Person, bridge: Bridge, link_token: LinkToken) -> None:
        consent = person.continues(person.starts(link_token(tenant_id="denied"), iframe=False))
        person.denies(consent)
        assert self.rejection(person)["error_type"] == "connection_error"
        assert person.is_soon_closed(consent)
        assert connections_of(bridge, "denied") == []

    def test_a_wrong_choice_can_be_mended_before_the_host_hears(
        self, person: Person, bridge: Bridge, sandbox: RunningSandbox, link_token: LinkToken
    ) -> None:
        popup = person.starts(link_token(tenant_id="mended"), iframe=False)
        consent = person.continues(popup)
        person.allows(consent, only=str(sandbox.forecast_account_id))
        expect(popup.get_by_role("alert")).to_contain_text("Forecast only")
        popup.get_by_role("link", name="Choose another account").click()
        person.allows(consent)
        assert person.outcome() == {"resolved": success(bridge, "mended")}
        assert len(person.messages()) == 1

    def test_giving_up_after_a_wrong_choice(
        self, person: Person, sandbox: RunningSandbox, link_token: LinkToken
    ) -> None:
        popup = person.starts(link_token(tenant_id="given-up"), iframe=False)
        person.allows(person.continues(popup), only=str(sandbox.forecast_account_id))
        person.leaves(popup, "Back to Ticket board")
        assert self.rejection(person)["error_type"] == "validation_error"

    def test_a_closed_popup(self, person: Person, link_token: LinkToken) -> None:
        popup = person.starts(link_token(tenant_id="closed"), iframe=False)
        person.leaves(popup, "Cancel")
        assert person.outcome() == {"rejected": "closed"}
        assert person.messages() == []

    def test_the_form_after_connecting(self, person: Person, bridge: Bridge, link_token: LinkToken) -> None:
        person.allows(person.continues(person.starts(link_token(tenant_id="form"), iframe=False)))
        connection_id = person.outcome()["resolved"]["integrated_account_id"]
        answer = bridge.api.post("/integrated-account/token", json={"integrated_account_id": connection_id})
        token = answer.json()["integrated_account_token"]
        options = f"{{ iframe: false, baseUrl: {bridge.url!r} }}"
        person.starts("", call=f"rapidForm({token!r}, {options})")
        assert self.rejection(person)["error_type"] == "rapid_form_error"


class TestPersonalToken:
    """`authFormat: "api_key"`."""

    def test_a_popup_resolves(
        self, person: Person, bridge: Bridge, sandbox: RunningSandbox, link_token: LinkToken
    ) -> None:
        popup = person.starts(link_token(tenant_id="token"), iframe=False, authFormat="api_key")
        popup.get_by_label("Personal access token").fill(sandbox.personal_token("carmen"))
        popup.get_by_role("button", name="Check the token").click()
        expect(popup.get_by_role("heading", name="Connect this Harvest account?")).to_be_visible()
        person.leaves(popup, "Connect")
        assert person.outcome() == {"resolved": success(bridge, "token")}


class TestHeaders:
    """What Django sends by default breaks the very same flows; so ours do not send it."""

    @pytest.fixture(autouse=True)
    def _djangos_defaults(self, page: Page, bridge: Bridge) -> None:
        def with_defaults(route: Route) -> None:
            answer = route.fetch()
            kept = {name: text for name, text in answer.headers.items() if name != "content-security-policy"}
            defaults = {"cross-origin-opener-policy": "same-origin", "x-frame-options": "DENY"}
            route.fulfill(response=answer, headers=kept | defaults)

        page.context.route(f"{bridge.url}/connect-account?**", with_defaults)

    def test_they_would_close_the_popup(self, person: Person, link_token: LinkToken) -> None:
        person.starts(link_token(tenant_id="coop"), iframe=False)
        assert person.outcome() == {"rejected": "closed"}

    def test_they_would_blank_the_frame_of_which_our_drop_in_says_why(
        self, person: Person, link_token: LinkToken, browser_errors: BrowserErrors
    ) -> None:
        browser_errors.expect("X-Frame-Options", "postMessage")
        person.opens(link_token(tenant_id="frame"), sdk=person.host.drop_in)
        rejected = person.outcome()["rejected"]
        assert (rejected["code"], rejected["error_type"]) == ("frame_not_shown", "connection_error")
        assert person.host.origin in rejected["message"]
