"""Pages that change all the time: our work follows the size of the change, and a rewritten timer keeps its look."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.timer_widget.node import FRONTEND, run_node

from .conftest import KEY, Ticket, element, marked

COUNT = """<script>work = 0
for (const [owner, names] of [[Document, ["querySelectorAll", "querySelector", "getElementsByClassName"]],
  [Element, ["querySelectorAll", "matches", "getAttribute", "setAttribute", "getElementsByClassName"]]])
  for (const name of names) {
    const real = owner.prototype[name]
    owner.prototype[name] = function (...given) { work++; return real.apply(this, given) }
  }
const parse = JSON.parse; JSON.parse = (...given) => { work++; return parse(...given) }
</script>"""
APPEND = """async () => {
  const list = document.body.appendChild(document.createElement("ul"))
  await 0; await new Promise((done) => setTimeout(done)); work = 0
  for (let i = 0; i < 300; i++) list.appendChild(document.createElement("li")).textContent = i
  await 0; await new Promise((done) => setTimeout(done))
  return work }"""


def tracked_on_all(ticket: Ticket, numbers: range) -> None:
    """Totals are painted on all timers of the page at once, when they come: so that one can wait for that."""
    ticket.stub.totals |= {(str(number), "board-1"): 3600 for number in numbers}


def until_totals_are_shown(ticket: Ticket) -> None:
    expect(ticket.page.locator("span.harvest-timer").last).to_have_attribute("data-harvest-time", "1:00")
    ticket.settle()


def test_what_a_change_costs_does_not_depend_on_how_many_timers_the_page_has(ticket: Ticket) -> None:
    costs = []
    for count in (10, 1000):
        half = range(count // 2)
        tracked_on_all(ticket, half)
        ticket.open("".join(marked({"id": i, "name": "x"}) + element(item={"id": str(i), "name": "x"}) for i in half),
                    head=COUNT)  # fmt: skip
        until_totals_are_shown(ticket)
        costs.append(ticket.page.evaluate(APPEND))
    assert costs[0] == costs[1] <= 300 + 20


def test_only_the_timer_that_came_is_read(ticket: Ticket) -> None:
    tracked_on_all(ticket, range(300))
    ticket.open("".join(marked({"id": i, "name": "x"}) for i in range(300)), head=COUNT)
    until_totals_are_shown(ticket)
    add = """async (html) => { work = 0; document.querySelector("main").insertAdjacentHTML("beforeend", html)
        await 0; await new Promise((done) => setTimeout(done)); return work }"""
    assert ticket.page.evaluate(add, f"<p><b>{marked()}</b></p>") < 100
    expect(ticket.page.locator(".harvest-timer").last).to_have_class("harvest-timer styled")


def test_a_tick_paints_the_running_timer_alone(ticket: Ticket) -> None:
    ticket.stub.run(KEY)
    tracked_on_all(ticket, range(300))
    ticket.open(marked() + "".join(marked({"id": i, "name": "x"}) for i in range(300)), head=COUNT)
    until_totals_are_shown(ticket)
    assert ticket.page.evaluate(ONE_TICK) < 200


ONE_TICK = """() => new Promise((done) => {
  new MutationObserver(() => done(work)).observe(document.querySelector(".harvest-timer"), {
    attributes: true, attributeFilter: ["data-harvest-time"] })
  work = 0 })"""


LOOKS = "harvest-timer mine styled running"
REWRITES = {
    "className": "timer.className = 'harvest-timer mine'",
    "setAttribute": "timer.setAttribute('class', 'harvest-timer mine')",
    "without our class": "timer.className = 'mine'",
    "classList": "timer.classList.add('mine'); timer.classList.remove('styled', 'running')",
    "twice": "timer.className = 'x'; timer.className = 'harvest-timer mine'",
    "our attributes gone": """timer.className = 'harvest-timer mine'
        for (const name of ['role', 'tabindex', 'aria-label', 'title', 'data-listening', 'data-harvest-state',
            'data-harvest-time']) timer.removeAttribute(name)
        timer.replaceChildren()""",
    "detached": """const place = timer.nextSibling; timer.remove(); timer.className = 'harvest-timer mine'
        document.querySelector('main').insertBefore(timer, place)""",
}


@pytest.mark.parametrize("rewrite", REWRITES.values(), ids=REWRITES)
def test_a_timer_whose_class_is_rewritten_gets_its_look_back_at_once(ticket: Ticket, rewrite: str) -> None:
    ticket.stub.run(KEY)
    ticket.open(marked())
    rewritten = f"""async () => {{ const timer = document.querySelector("span.harvest-timer"); {rewrite}
        await 0; await 0
        return [[...timer.classList].sort().join(" "), timer.getBoundingClientRect().width > 20, timer.role,
            timer.tabIndex, timer.dataset.harvestState, timer.children.length] }}"""
    found = ticket.page.evaluate(rewritten)
    assert found == [" ".join(sorted(LOOKS.split())), True, "button", 0, "running", 1]


def test_a_child_whose_class_is_rewritten_is_running_again(ticket: Ticket) -> None:
    ticket.stub.run(KEY)
    ticket.open(marked(inner="<i></i>"))
    ticket.page.eval_on_selector("span.harvest-timer i", "e => e.className = 'icon'")
    expect(ticket.page.locator("span.harvest-timer i")).to_have_class("icon running")


def test_an_element_that_is_made_into_something_else_is_no_timer_any_more(ticket: Ticket) -> None:
    ticket.open(marked())
    ticket.page.eval_on_selector(
        "span.harvest-timer", "e => { delete e.dataset.item; e.className = 'avatar'; e.textContent = 'Ann' }"
    )
    ticket.settle()
    avatar = ticket.page.locator("span.avatar")
    expect(avatar).to_have_class("avatar")
    avatar.click()
    assert ticket.page.locator("dialog").count() == 0


def test_a_page_that_undoes_our_work_each_time_does_not_hang(ticket: Ticket) -> None:
    ticket.open(marked())
    fights = ticket.page.evaluate(
        """async () => { let count = 0; const timer = document.querySelector("span.harvest-timer")
        const undo = () => timer.className != mine && (count++, timer.className = mine), mine = "harvest-timer mine"
        new MutationObserver(undo).observe(timer, { attributes: true })
        timer.className = mine
        await new Promise((done) => setTimeout(done)); return count }"""
    )
    assert 1 <= fights <= 300


REACT_PAGE = """
import { createElement as h, useState } from "react";
import { createRoot } from "react-dom/client";
import { flushSync } from "react-dom";
function Card() {
  const [is, set] = useState("card");
  window.become = (next) => flushSync(() => set(next));
  const className = "harvest-timer " + is;
  return h("span", { className, "data-item": '{"id":"WEB-12"}', "data-group": '{"id":"board-1"}' });
}
createRoot(document.getElementById("root")).render(h(Card));
"""


def test_react_changes_the_class_and_the_timer_stays_one(ticket: Ticket, node_packages: Path, tmp_path: Path) -> None:
    (tmp_path / "page.js").write_text(REACT_PAGE)
    run_node("node_modules/.bin/esbuild", str(tmp_path / "page.js"), "--bundle", f"--outfile={tmp_path}/out.js",
             "--define:process.env.NODE_ENV='production'", f"--alias:react={node_packages}/react",
             f"--alias:react-dom={node_packages}/react-dom", folder=FRONTEND)  # fmt: skip
    ticket.host.show((tmp_path / "out.js").read_text(), "/react.js")
    ticket.open('<div id="root"></div><script src="/react.js"></script>')
    timer = ticket.page.locator("#root > span")
    for name in ("hot", "cold", "hot", "dragged"):
        ticket.page.evaluate("name => become(name)", name)
        expect(timer).to_have_class(f"harvest-timer {name} styled")
    timer.click()
    expect(ticket.panel.get_by_role("button", name="Start timer")).to_be_visible()


def test_a_morph_that_brings_the_servers_markup_leaves_the_timers_as_they_look(
    ticket: Ticket, node_packages: Path
) -> None:
    turbo = (node_packages / "@hotwired" / "turbo" / "dist" / "turbo.es2017-umd.js").read_text()
    ticket.host.show(turbo, "/turbo.js")
    ticket.stub.run(KEY)
    ticket.open(marked() + element(), head='<script src="/turbo.js"></script>')
    ticket.page.evaluate(
        """html => { document.querySelector("main").id = "board"
        const [open, close] = ['<turbo-stream action="replace" method="morph" target="board">', "</turbo-stream>"]
        Turbo.renderStreamMessage(`${open}<template>${html}</template>${close}`) }""",
        f"<main><h1>Morphed</h1>{marked()}{element()}</main>",
    )
    timer = ticket.page.locator("span.harvest-timer")
    expect(ticket.page.get_by_role("heading", name="Morphed")).to_be_visible()
    expect(timer).to_have_class("harvest-timer styled running")
    expect(timer).to_have_attribute("role", "button")
    expect(ticket.page.locator("harvest-timer")).to_have_attribute("data-harvest-state", "running")
    timer.click()
    expect(timer).to_have_attribute("data-harvest-state", "ready")


def test_a_snapshot_of_the_page_with_our_classes_is_ours_still(ticket: Ticket) -> None:
    ticket.open(marked())
    copy = ticket.page.evaluate("document.querySelector('span.harvest-timer').outerHTML")
    ticket.page.evaluate("html => document.querySelector('main').innerHTML = html", copy)
    ticket.page.eval_on_selector("main span.harvest-timer", "e => e.className = 'harvest-timer'")
    expect(ticket.page.locator("main span.harvest-timer")).to_have_class("harvest-timer styled")
