"""Our drop-in for the link SDK: the same exports, and its default iframe mode works from any listed origin."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.browsers import BrowserErrors
from tests.processes import Bridge

from .conftest import Person, success

LinkToken = Callable[..., str]


@pytest.fixture
def framed(person: Person) -> Callable[..., None]:
    """Opens the connect page in the frame that the drop-in makes."""

    def opens(link_token: str, **options: object) -> None:
        person.opens(link_token, sdk=person.host.drop_in, **options)

    return opens


def test_a_frame_resolves_and_goes(
    person: Person, bridge: Bridge, link_token: LinkToken, framed: Callable[..., None]
) -> None:
    framed(link_token(tenant_id="framed"))
    consent = person.continues(person.frame, page=person.page)
    expect(person.frame.get_by_role("heading", name="window")).to_be_visible()
    person.allows(consent)
    assert person.outcome() == {"resolved": success(bridge, "framed")}
    assert person.messages() == [success(bridge, "framed")]
    expect(person.page.locator("#truto-link-iframe")).to_have_count(0)
    assert person.page.evaluate("document.activeElement.id") == "connect"


def test_the_frame_keeps_no_cookie(
    person: Person, bridge: Bridge, link_token: LinkToken, framed: Callable[..., None]
) -> None:
    framed(link_token(tenant_id="cookies"))
    expect(person.frame.get_by_role("link", name="Continue to Harvest")).to_be_visible()
    assert person.page.context.cookies() == []


def test_a_popup_resolves(person: Person, bridge: Bridge, link_token: LinkToken) -> None:
    popup = person.starts(link_token(tenant_id="drop-in-popup"), sdk=person.host.drop_in, iframe=False)
    person.allows(person.continues(popup))
    assert person.outcome() == {"resolved": success(bridge, "drop-in-popup")}


def test_the_same_window_is_left(person: Person, link_token: LinkToken) -> None:
    person.opens(link_token(tenant_id="acme"), sdk=person.host.drop_in, sameWindow=True)
    person.page.wait_for_url("**/connect-account?**")
    assert "iframe=" not in person.page.url


@pytest.mark.parametrize("how", ["button", "key in the frame", "key on the page"])
def test_going_away_closes_the_frame(
    person: Person, link_token: LinkToken, framed: Callable[..., None], how: str
) -> None:
    framed(link_token(tenant_id="acme"))
    button = person.frame.get_by_role("button", name="Cancel")
    expect(button).to_be_visible()
    if how == "button":
        button.click()
    elif how == "key in the frame":
        button.press("Escape")
    else:
        person.page.locator("#connect").press("Escape")
    assert person.outcome() == {"rejected": "closed"}
    assert person.messages() == ([] if how == "key on the page" else ["closed"])
    expect(person.page.locator("#truto-link-iframe")).to_have_count(0)


def test_a_forged_link_token_is_told_in_the_frame_too(
    person: Person, framed: Callable[..., None], browser_errors: BrowserErrors
) -> None:
    browser_errors.expect("401")
    framed("hb_link_forged")
    rejected = person.outcome()["rejected"]
    assert (rejected["isError"], rejected["error_type"]) == (True, "invalid_token")
    assert len(person.messages()) == 1


def test_a_forged_link_token_tells_a_page_that_no_host_lists_nothing(
    person: Person, bridge: Bridge, framed: Callable[..., None], browser_errors: BrowserErrors
) -> None:
    """The same server under another name is another origin; the browser refuses the frame, and the drop-in says so."""
    browser_errors.expect("401", "frame-ancestors", "postMessage")
    person.host.page("hb_link_forged", sdk=person.host.drop_in)
    person.page.goto(f"http://localhost:{urlsplit(person.host.origin).port}/settings")
    person.page.get_by_role("button", name="Connect").click()
    assert person.outcome()["rejected"]["code"] == "frame_not_shown"
    assert person.messages() == []


def test_a_forged_link_token_tells_an_opener_that_no_host_lists_nothing(
    person: Person, link_token: LinkToken, browser_errors: BrowserErrors
) -> None:
    browser_errors.expect("401")
    person.host.page("hb_link_forged", sdk=person.host.drop_in, iframe=False)
    person.page.goto(f"http://localhost:{urlsplit(person.host.origin).port}/settings")
    with person.page.expect_popup() as opened:
        person.page.get_by_role("button", name="Connect").click()
    expect(opened.value.get_by_role("alert")).to_contain_text("This link was used already")
    person.leaves(opened.value, "Close this window")
    assert person.outcome() == {"rejected": "closed"}
    assert person.messages() == []


def test_a_blocked_window_can_be_opened_as_a_tab(
    person: Person, bridge: Bridge, page: Page, link_token: LinkToken, framed: Callable[..., None]
) -> None:
    page.context.add_init_script("if (window.parent !== window) window.open = () => null")
    framed(link_token(tenant_id="blocked"))
    person.frame.get_by_role("link", name="Continue to Harvest").click()
    expect(person.frame.get_by_role("heading", name="Your browser blocked the window")).to_be_visible()
    person.allows(person.continues(person.frame, page=page, button="Open Harvest in a tab"))
    assert person.outcome() == {"resolved": success(bridge, "blocked")}


def test_a_window_closed_too_early_is_noticed(
    person: Person, bridge: Bridge, link_token: LinkToken, framed: Callable[..., None]
) -> None:
    framed(link_token(tenant_id="closed-early"))
    person.continues(person.frame, page=person.page).close()
    expect(person.frame.get_by_role("heading", name="Is Harvest’s window closed?")).to_be_visible()
    person.allows(person.continues(person.frame, page=person.page, button="Open Harvest’s window again"))
    assert person.outcome() == {"resolved": success(bridge, "closed-early")}


def test_an_unreachable_bridge_is_waited_for(
    person: Person,
    bridge: Bridge,
    page: Page,
    link_token: LinkToken,
    framed: Callable[..., None],
    browser_errors: BrowserErrors,
) -> None:
    browser_errors.expect("connect-account/status")
    # Before the frame is there: a frame of another site learns of a route with its first breath, or maybe late.
    page.context.route("**/connect-account/status", lambda route: route.abort())
    framed(link_token(tenant_id="unreachable"))
    consent = person.continues(person.frame, page=page)
    expect(person.frame.get_by_text("We cannot be reached right now")).to_be_visible()
    page.context.unroute("**/connect-account/status")
    person.allows(consent)
    assert person.outcome() == {"resolved": success(bridge, "unreachable")}


def test_a_personal_token_connects_in_the_frame_after_a_wrong_one(
    person: Person,
    bridge: Bridge,
    sandbox: RunningSandbox,
    link_token: LinkToken,
    framed: Callable[..., None],
    browser_errors: BrowserErrors,
) -> None:
    browser_errors.expect("422")
    framed(link_token(tenant_id="pasted"), authFormat="api_key")
    field = person.frame.get_by_label("Personal access token")
    field.fill("7000101.pt.not-hers")
    person.frame.get_by_role("button", name="Check the token").click()
    expect(person.frame.get_by_role("alert")).to_contain_text("Harvest does not accept this token")
    expect(field).to_have_value("")
    field.fill(sandbox.personal_token("alice"))
    person.frame.get_by_role("button", name="Check the token").click()
    person.frame.get_by_role("button", name="Okafor Studio").click()
    assert person.outcome() == {"resolved": success(bridge, "pasted")}
    assert person.page.context.cookies() == []


def test_one_may_change_over_to_a_personal_token_and_back(
    person: Person, link_token: LinkToken, framed: Callable[..., None]
) -> None:
    framed(link_token(tenant_id="acme"))
    person.frame.get_by_role("link", name="Use a personal access token instead").click()
    expect(person.frame.get_by_label("Personal access token")).to_be_visible()
    person.frame.get_by_role("link", name="Sign in with Harvest instead").click()
    expect(person.frame.get_by_role("link", name="Continue to Harvest")).to_be_visible()


def test_there_are_no_files_to_pick(person: Person, link_token: LinkToken) -> None:
    person.opens("", sdk=person.host.drop_in, call="showFilePicker('sharepoint', 'token', {})")
    assert "no files to pick" in person.outcome()["rejected"]["message"]


def test_the_shim_lets_the_published_sdk_hear_the_frame(person: Person, bridge: Bridge, link_token: LinkToken) -> None:
    shim = f'<script src="{bridge.url}/assets/link-shim.js"></script>'
    person.opens(link_token(tenant_id="shim"), head=shim)
    person.allows(person.continues(person.frame, page=person.page))
    assert person.outcome() == {"resolved": success(bridge, "shim")}
    expect(person.page.locator("#truto-link-iframe")).to_have_count(0)
