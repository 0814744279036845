"""Pages that are built and rebuilt by React, Turbo, Astro's router and jQuery keep their timers right (E26)."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.timer_widget.node import FRONTEND, run_node

from .conftest import KEY, Ticket, element, marked

REACT_PAGE = """
import { StrictMode, createElement as h, useEffect, useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import { flushSync } from "react-dom";
function Ticket({ id }) {
  const timer = useRef();
  const [heard, hear] = useState(0);
  useEffect(() => {
    const element = timer.current;
    const onStart = () => hear((count) => count + 1);
    element.addEventListener("harvest-timer:started", onStart);
    return () => element.removeEventListener("harvest-timer:started", onStart);
  }, []);
  const choice = { "project-id": "13", "task-id": "501" };
  const item = { "item-id": id, "item-name": `Ticket ${id}`, "group-id": "board-1", ...choice };
  return h("li", null, h("harvest-timer", { ref: timer, ...item }), h("output", null, heard));
}
function Board() {
  const [ids, set] = useState(["WEB-12", "2", "3"]);
  window.show = (next) => flushSync(() => set(next));
  return h("ul", null, ids.map((id) => h(Ticket, { key: id, id })));
}
createRoot(document.getElementById("root")).render(h(StrictMode, null, h(Board)));
"""


@pytest.fixture(scope="session")
def react_page(node_packages: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("react")
    (folder / "page.js").write_text(REACT_PAGE)
    build = ["node_modules/.bin/esbuild", str(folder / "page.js"), "--bundle", f"--outfile={folder}/out.js"]
    run_node(*build, "--define:process.env.NODE_ENV='development'", f"--alias:react={node_packages}/react",
             f"--alias:react-dom={node_packages}/react-dom", folder=FRONTEND)  # fmt: skip
    return (folder / "out.js").read_text()


def test_react_in_strict_mode_mounts_reorders_and_unmounts_without_a_trace(ticket: Ticket, react_page: str) -> None:
    ticket.host.show(react_page, "/react.js")
    ticket.open('<div id="root"></div><script src="/react.js"></script>')
    ticket.page.evaluate(
        """async () => { for (let i = 0; i < 100; i++) { show(["3", "WEB-12"]); show([]); show(["2", "3", "WEB-12"]) }
        await 0; }"""
    )
    expect(ticket.page.locator("harvest-timer")).to_have_count(3)
    timer = ticket.page.locator("harvest-timer[item-id=WEB-12]")
    timer.get_by_role("button").first.click()
    expect(timer).to_have_attribute("data-harvest-state", "running")
    expect(timer.locator("+ output")).to_have_text("1")
    assert len(ticket.sent("start")) == 1
    assert len(ticket.page.frames) == 2


def test_turbo_visits_back_and_morphs_without_a_new_session(ticket: Ticket, node_packages: Path) -> None:
    turbo = (node_packages / "@hotwired" / "turbo" / "dist" / "turbo.es2017-umd.js").read_text()
    ticket.host.show(turbo, "/turbo.js")
    ticket.stub.run(KEY, seconds=5)
    page = (
        '<!doctype html><html><head><title>{name}</title><script src="/turbo.js"></script>'
        '<meta name="turbo-refresh-method" content="morph">'
        f'<script src="{ticket.stub.origin}/assets/platform.js" data-token-url="/harvest-token" async></script></head>'
        '<body><a href="{other}">Go</a>{timers}</body></html>'
    )
    ticket.host.show(page.format(name="Two", other="/", timers=marked() + element()), "/two")
    ticket.page.goto(
        ticket.host.show(page.format(name="One", other="/two", timers=element(item={"id": "9", "name": "9"})))
    )
    ticket.is_in("ready")
    ticket.page.get_by_role("link", name="Go").click()
    expect(ticket.page).to_have_title("Two")
    expect(ticket.page.locator("span.harvest-timer")).to_have_class("harvest-timer styled running")
    expect(ticket.button).to_have_attribute("data-harvest-state", "running")
    ticket.page.go_back()
    expect(ticket.page).to_have_title("One")
    ticket.page.go_forward()
    expect(ticket.button).to_have_attribute("data-harvest-state", "running")
    ticket.page.evaluate("Turbo.visit(location.href, {action: 'replace'})")
    ticket.settle()
    ticket.button.click()
    expect(ticket.button).to_have_attribute("data-harvest-state", "ready")
    assert (ticket.stub.sessions, len(ticket.page.frames)) == (1, 2)


def test_a_router_that_swaps_head_and_body_as_astros_does_keeps_timers_right(ticket: Ticket) -> None:
    ticket.stub.run(KEY, seconds=5)
    ticket.open(marked({"id": "other"}))
    ticket.page.evaluate(
        """html => { const next = new DOMParser().parseFromString(html, "text/html");
        for (const { name } of [...document.documentElement.attributes]) document.documentElement.removeAttribute(name);
        for (const each of [...document.head.children]) if (each.localName != "script") each.remove();
        document.head.append(...next.head.children); document.body.replaceWith(next.body) }""",
        f"<html><head><title>Next</title></head><body>{marked()}{element()}</body></html>",
    )
    late = ticket.page.evaluate(
        """async () => { await new Promise((done) => setTimeout(done, 100));
        const [span, ours] = [".", ""].map((dot) => document.querySelector(dot + "harvest-timer"));
        return [span.className, ours.dataset.harvestState] }"""
    )
    assert late == ["harvest-timer styled running", "running"]


def test_jquery_that_replaces_and_moves_markup_leaves_one_timer_each(ticket: Ticket, node_packages: Path) -> None:
    ticket.host.show((node_packages / "jquery" / "dist" / "jquery.js").read_text(), "/jquery.js")
    ticket.open(f'<div id="box">{marked()}</div>', head='<script src="/jquery.js"></script>')
    ticket.page.evaluate(
        """html => { const box = $("#box");
        for (let i = 0; i < 50; i++) { box.html(html); box.append(box.children(":first").detach()) }
        $("#box").clone().appendTo("main") }""",
        marked(),
    )
    first, copy = ticket.page.locator(".harvest-timer").all()
    for timer in (first, copy):
        expect(timer).to_have_attribute("data-listening", "true")
    copy.click()
    expect(ticket.page.locator("dialog")).to_have_count(1)
    expect(ticket.page.locator("dialog")).to_be_visible()


def test_labels_of_either_markup_reach_the_operators_rules(ticket: Ticket) -> None:
    ticket.open(element('labels="bug, urgent"') + marked(more="""data-default='{"labels":"design"}'"""))
    ticket.button.click()
    ticket.soon(lambda: [each for each in ticket.stub.requests if "label=bug&label=urgent" in each])
    expect(ticket.panel.get_by_role("button", name="Start timer")).to_be_visible()
    ticket.page.keyboard.press("Escape")
    expect(ticket.page.locator("dialog")).to_be_hidden()
    ticket.page.locator("span.harvest-timer").click()
    ticket.soon(lambda: [each for each in ticket.stub.requests if "label=design" in each])
