"""What widget.md D10 wants refused in a browser: foreign ancestors, and messages from frames beside ours.

All of it against a real bridge, because it is its headers that the browser enforces.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.browsers import BrowserErrors
from tests.processes import Bridge

from .stub import Host, eventually

FRAMES = ["/platform/controller", "/platform/timer"]


@pytest.fixture
def site(bridge: Bridge) -> Iterator[Host]:
    """The host app's own pages."""
    host = Host(int(bridge.host_origin.rpartition(":")[2]))
    yield host
    host.close()


@pytest.fixture
def evil() -> Iterator[Host]:
    """Pages of an origin that nobody listed."""
    host = Host()
    yield host
    host.close()


@pytest.fixture(autouse=True)
def _refusals_are_expected(browser_errors: BrowserErrors) -> None:
    browser_errors.expect("frame-ancestors", "404", "401", "403", "ERR_BLOCKED_BY_RESPONSE", "Failed to read a named")


def frame(address: str, name: str = "inner") -> str:
    return f'<!doctype html><title>x</title><iframe name="{name}" src="{address}"></iframe>'


def ours(bridge: Bridge, path: str) -> str:
    return f"{bridge.url}{path}?origin={bridge.host_origin}&external_item_id=7"


def loaded_documents(page: Page, bridge: Bridge) -> list[str]:
    """The frames of ours that the browser really shows; a refused one is an error page of its own."""
    for each in page.frames:
        each.wait_for_load_state("load")
    return [each.url for each in page.frames if each.url.startswith(bridge.url) and each.title() == "Harvest timer"]


def test_a_listed_page_may_frame_the_panel(bridge: Bridge, site: Host, page: Page) -> None:
    page.goto(site.show(frame(ours(bridge, "/platform/timer"))))
    assert len(loaded_documents(page, bridge)) == 1


@pytest.mark.parametrize("path", FRAMES)
def test_an_unlisted_page_frames_nothing_whatever_origin_it_names(
    bridge: Bridge, evil: Host, page: Page, path: str
) -> None:
    page.goto(evil.show(frame(ours(bridge, path))))
    eventually(lambda: page.evaluate("1") and [1 for each in page.frames if each.url.startswith("chrome-error:")])
    assert loaded_documents(page, bridge) == []


def test_a_listed_page_inside_an_unlisted_one_frames_nothing(
    bridge: Bridge, site: Host, evil: Host, page: Page
) -> None:
    inner = site.show(frame(ours(bridge, "/platform/timer")))
    page.goto(evil.show(frame(inner, "middle")))
    assert loaded_documents(page, bridge) == []


def test_an_unlisted_page_inside_a_listed_one_frames_nothing(
    bridge: Bridge, site: Host, evil: Host, page: Page
) -> None:
    inner = evil.show(frame(ours(bridge, "/platform/timer")))
    page.goto(site.show(frame(inner, "middle")))
    assert loaded_documents(page, bridge) == []


def test_a_page_inside_another_of_the_same_host_app_works_and_in_a_third_it_does_not(
    bridge: Bridge, evil: Host, page: Page
) -> None:
    inner, outer = Host(), Host()
    bridge.create_host("Two pages", inner.origin, outer.origin)
    timer = """<div class="harvest-timer" data-item='{"id":"7","name":"Seven"}'></div>"""
    script = f'<script src="{bridge.url}/assets/platform.js"></script>'
    ticket = inner.show(f"<!doctype html><title>x</title>{timer}{script}")
    page.goto(outer.show(frame(ticket, "middle")))
    shown = page.frame_locator("iframe[name=middle]").locator(".harvest-timer")
    expect(shown).to_have_attribute("data-harvest-state", "signed-out")
    page.goto(evil.show(frame(outer.show(frame(ticket, "middle")), "outermost")))
    deep = page.frame_locator("iframe[name=outermost]").frame_locator("iframe[name=middle]").locator(".harvest-timer")
    expect(deep).to_have_attribute("data-harvest-state", "unavailable")
    inner.close()
    outer.close()


def test_a_button_on_an_unlisted_page_says_that_the_timer_is_unavailable(
    bridge: Bridge, evil: Host, page: Page
) -> None:
    timers = """<div class="harvest-timer" data-item='{"id":"7","name":"Seven"}'></div>
        <harvest-timer item-id="7" item-name="Seven"></harvest-timer>"""
    page.goto(
        evil.show(f'<!doctype html><title>x</title>{timers}<script src="{bridge.url}/assets/platform.js"></script>')
    )
    own = page.locator("harvest-timer").get_by_role("button").first
    expect(own).to_have_text("Timer unavailable")
    said = "Timer unavailable, Seven, The timer service cannot be reached here."
    for button in (own, page.locator("div.harvest-timer")):
        expect(button).to_have_attribute("aria-label", said)
    refused = page.evaluate("HarvestBridge.start({item: {id: 7}}).catch(({ code, message }) => ({ code, message }))")
    assert refused == {"code": "unavailable", "message": "Timer unavailable"}
    page.locator("div.harvest-timer").click()
    assert page.locator("dialog").count() == 0


@pytest.mark.parametrize("kind", ["data", "blob", "sandboxed"])
def test_a_page_without_an_origin_of_its_own_frames_nothing(
    bridge: Bridge, evil: Host, site: Host, page: Page, kind: str
) -> None:
    html = frame(ours(bridge, "/platform/timer"))
    if kind == "data":
        page.goto(site.show(frame(f"data:text/html,{quote(html)}", "middle")))
    elif kind == "sandboxed":
        site.show(html, "/inner")
        page.goto(site.show('<!doctype html><title>x</title><iframe sandbox="allow-scripts" src="/inner"></iframe>'))
    else:
        page.goto(evil.show("<!doctype html><title>x</title>"))
        page.evaluate(
            """html => { const frame = document.createElement("iframe");
            frame.src = URL.createObjectURL(new Blob([html], {type: "text/html"})); document.body.append(frame) }""",
            html,
        )
    assert loaded_documents(page, bridge) == []


def test_a_frame_beside_ours_can_neither_ask_the_controller_nor_speak_for_it(
    bridge: Bridge, site: Host, evil: Host, page: Page
) -> None:
    attack = """<!doctype html><title>evil</title><script>addEventListener("load", () => setInterval(() => {
        rounds = (window.rounds ?? 0) + 1;
        heard = window.heard ?? [];
        const { port1, port2 } = new MessageChannel(); port1.onmessage = (e) => heard.push(e.data);
        const { port1: answer, port2: reply } = new MessageChannel(); answer.onmessage = (e) => heard.push(e.data);
        const target = parent.frames["harvest-bridge:1"];
        if (target) for (const type of ["harvest-bridge:1:hello", "harvest-bridge:1:panel"]) {
          target.postMessage({ type, nonce: "" }, "*", [port2].filter(() => type.endsWith("panel")));
        }
        port1.postMessage({ call: "snapshot" }, [reply]);
        parent.postMessage({ type: "timer:started", item_id: "7" }, "*");
        parent.postMessage({ type: "harvest-bridge:1:ready", nonce: "" }, "*");
        parent.postMessage({ type: "harvest-bridge:sign-in", code: "hb_si_x" }, "*");
    }, 100))</script>"""
    timer = """<div class="harvest-timer" data-item='{"id":"7","name":"Seven"}'></div>"""
    script = f'<script src="{bridge.url}/assets/platform.js"></script>'
    html = f'<!doctype html><title>x</title>{timer}{script}<iframe name="evil" src="{evil.show(attack)}"></iframe>'
    page.goto(site.show(html))
    expect(page.locator(".harvest-timer")).to_have_attribute("data-harvest-state", "signed-out")
    attacker = page.frame("evil")
    assert attacker is not None
    attacker.wait_for_function("before => rounds >= before + 3", arg=attacker.evaluate("rounds"))
    assert attacker.evaluate("heard") == []
    assert "running" not in (page.locator(".harvest-timer").get_attribute("class") or "")


def test_a_pinned_script_that_was_changed_does_not_run(
    bridge: Bridge, site: Host, page: Page, browser_errors: BrowserErrors
) -> None:
    browser_errors.expect("integrity")
    version = bridge.api.get("/assets/v1/integrity.json").json()["versions"][0]
    tag = '<!doctype html><title>x</title><script src="{}" integrity="{}" crossorigin="anonymous"></script>'
    page.goto(site.show(tag.format(version["url"], version["integrity"])))
    assert page.evaluate("typeof HarvestBridge") == "object"
    page.goto(site.show(tag.format(version["url"], "sha384-" + "A" * 64)))
    assert page.evaluate("typeof HarvestBridge") == "undefined"
