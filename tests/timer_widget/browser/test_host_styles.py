"""Style sheets of the kinds that boards bring along do not blank the button: icon and time are seen, nothing else."""

from __future__ import annotations

import base64

import pytest
from playwright.sync_api import Locator, expect

from .conftest import KEY, Ticket, element, marked

# What public boards, resets, icon fonts and link decorations do; each written anew.
STYLES = {
    "reset": "*, *::before, *::after { all: unset; box-sizing: border-box; margin: 0; padding: 0; border: 0 solid }",
    "reset with force": "*, ::before, ::after { border: 0 !important; background: none !important; content: none }",
    "white buttons": ".btn.btn.btn { color: #fff; background: #fff; border-color: #fff; fill: #fff }",
    "white with force": ".btn { color: #fff !important; -webkit-text-fill-color: #fff !important }",
    "badge before": ".btn::before { content: 'NEW'; position: absolute; inset: 0; background: #fff; font-size: 40px }",
    "icon font": "[class]::before { font: 900 16px 'Icons' !important; content: '\\f017' !important; display: none }",
    "ripple after": ".btn::after { content: ''; position: absolute; inset: 0; background: #fff !important }",
    "link arrows": "a::after, span::after, .btn:after { content: ' \\2197 (' attr(class) ')'; font-size: 30px }",
    "hidden after": "#board .btn::after { content: none !important; display: none !important }",
    "image replacement": ".btn { text-indent: -9999px; overflow: hidden; width: 1px; height: 1px; font-size: 30px }",
    "no size": ".btn { width: 0; height: 0; max-width: 0; max-height: 0; padding: 0; border: 0; overflow: hidden }",
    "spaced capitals": ".btn { letter-spacing: 9px; text-transform: uppercase; font-size: 24px !important }",
    "icons off": "button svg, span svg, svg, i, .btn > * { display: none; fill: #fff }",
    "spans off": "span { display: none }",
    "children of their own size": ".btn b { font-size: 30px; display: block; width: 300px; color: red }",
    "masks": ".btn, .btn::before { mask: linear-gradient(#0000, #0000); clip-path: inset(50%); transform: none }",
    "framework layer": "@layer base { .btn { color: #fff; background: #fff } .btn::before { content: ''; border: 0 } }",
}
FIXED = "style='width: 0; height: 0; overflow: hidden'"
# How much of the button's picture is ink: pixels that differ clearly from the corner inside the border.
INK = """async (box) => { const bytes = Uint8Array.from(atob(box.png), (c) => c.charCodeAt(0))
  const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }))
  const canvas = new OffscreenCanvas(picture.width, picture.height); const paper = canvas.getContext("2d")
  paper.drawImage(picture, 0, 0); const { data } = paper.getImageData(0, 0, picture.width, picture.height)
  const at = (x, y) => [...data.slice(4 * (y * picture.width + x), 4 * (y * picture.width + x) + 3)]
  const ground = at(Math.floor(picture.width / 2), 3); let ink = 0
  for (let x = 3; x < picture.width - 3; x++) for (let y = 3; y < picture.height - 3; y++)
    if (at(x, y).some((value, i) => Math.abs(value - ground[i]) > 60)) ink++
  return ink }"""


def ink(timer: Locator) -> int:
    png = base64.b64encode(timer.screenshot()).decode()
    return int(timer.page.evaluate(INK, {"png": png}))


def boxes(tag: str) -> str:
    """An idle one, one with a total and one that runs, of this tag."""
    more = "class='harvest-timer btn'" + (" href='#'" if tag == "a" else "")
    timers = [marked({"id": f"{tag}-idle"}, tag=tag), marked(tag=tag, inner="Track <b>time</b>")]
    return "".join(each.replace('class="harvest-timer"', more) for each in timers)


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_a_hosts_style_sheet_does_not_blank_the_button(one: Ticket, style: str) -> None:
    one.stub.run(KEY, seconds=5000)
    body = "".join(boxes(tag) for tag in ("span", "a", "button", "div"))
    one.open(f'<section id="board">{body}</section>{element()}', head=f"<style>{style}</style>")
    expect(one.page.locator(".harvest-timer.running").first).to_be_visible()
    for timer in one.page.locator("#board > .harvest-timer").all():
        box = timer.bounding_box()
        running = "running" in (timer.get_attribute("class") or "")
        assert box is not None
        assert 24 <= box["height"] <= 30
        assert 24 <= box["width"] <= (100 if running else 30), "nothing runs over"
        assert 25 <= ink(timer) <= 700
    assert ink(one.page.locator("harvest-timer")) > 100


@pytest.mark.parametrize(
    "fixed", [FIXED, "width=0 height=0", "style='font-size: 40px; color: #fff; text-indent: -99em'"]
)
def test_a_timer_that_was_made_without_a_size_is_seen(one: Ticket, fixed: str) -> None:
    one.open(marked(more=fixed, tag="button"))
    timer = one.page.locator("button.harvest-timer")
    assert ink(timer) > 25
    one.page.evaluate(
        """() => { const timer = document.querySelector("button.harvest-timer"); timer.className = "harvest-timer"
        timer.replaceChildren()
        document.querySelector("#harvest-messaging").dispatchEvent(new CustomEvent("harvest-event:timers:add",
          { detail: { element: timer } })) }"""
    )
    assert ink(timer) > 25


def test_what_a_page_hides_on_purpose_stays_hidden(one: Ticket) -> None:
    style = "<style>.card .harvest-timer.harvest-timer { display: none } .later { visibility: hidden }</style>"
    one.open(f'<p class="card">{marked()}</p><p class="later">{marked()}</p>' + marked(more="hidden"), head=style)
    for timer in one.page.locator(".harvest-timer").all():
        expect(timer).to_be_hidden()
    assert (
        one.page.locator(".later .harvest-timer").evaluate("e => getComputedStyle(e, '::before').visibility")
        == "hidden"
    )
