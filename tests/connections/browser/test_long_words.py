"""Long names and addresses on the connect pages break where people would break them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.processes import Bridge

ADDRESS = "maximiliana.wintergreen-okonkwo@workshop.fernwood-studio.example"
# The characters after which a line of the facts ends within a word.
BREAKS = """() => [...document.querySelectorAll('.whom dd, h2')].flatMap(fact => {
  const walk = document.createTreeWalker(fact, NodeFilter.SHOW_TEXT), found = []
  let before = null
  for (let text; (text = walk.nextNode()); ) for (let at = 0; at < text.length; at++) {
    const range = new Range()
    range.setStart(text, at)
    range.setEnd(text, at + 1)
    const [box] = range.getClientRects()
    if (!box?.width || text.data[at] == ' ') { before = null; continue }
    if (before && box.top > before.box.bottom - 2) found.push(before.sign)
    before = {box, sign: text.data[at]}
  }
  return found
})"""


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 320, "height": 640})
    yield context
    context.close()


def test_an_address_breaks_after_a_sign_and_never_within_a_word(
    page: Page, bridge: Bridge, sandbox: RunningSandbox, link_token: Callable[..., str]
) -> None:
    asked = {"tenant_id": "long-words", "user_id": ADDRESS}
    page.goto(f"{bridge.url}/connect-account/personal-token?link_token={link_token(**asked)}")
    page.locator("#token").fill(sandbox.personal_token("carmen"))
    page.locator("form .button").click()
    page.locator("button[name=account]").click()
    page.locator("a.quiet").click()
    for width in (280, 320, 400, 900):
        page.set_viewport_size({"width": width, "height": 700})
        assert page.get_by_text(ADDRESS).count() == 1
        assert set(page.evaluate(BREAKS)) <= set("@.-"), width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
