"""The components of docs/guides/timer-in-react.md and timer-in-vue.md, built as projects do, in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from harvest_bridge.env import ROOT
from tests.guides.runner import blocks
from tests.timer_widget.node import FRONTEND, one_at_a_time, run_node

from .conftest import Ticket

VUE = ROOT / "tests" / "guides" / "vue"
TICKET = '{ id: "WEB-12", name: "Fix login", board: { id: "board-1", name: "Website" } }'
CHOICE = """
const timer = document.querySelector("harvest-timer");
timer.setAttribute("project-id", "13"); timer.setAttribute("task-id", "501");
"""


def shown(guide: str, language: str) -> str:
    """The one block of this language."""
    [block] = [block for block in blocks(guide) if block.language == language]
    return block.code


@pytest.fixture
def react_script(node_packages: Path, tmp_path: Path) -> str:
    (tmp_path / "Timer.jsx").write_text(shown("timer-in-react.md", "jsx"))
    (tmp_path / "main.jsx").write_text(
        'import { createRoot } from "react-dom/client"; import { flushSync } from "react-dom";'
        'import { Timer } from "./Timer.jsx"; const root = createRoot(document.getElementById("root"));'
        f"flushSync(() => root.render(<Timer ticket={{{TICKET}}} />));"
    )
    packages = (f"--alias:{name}={node_packages}/{name}" for name in ("react", "react-dom"))
    return bundled(tmp_path / "main.jsx", "--jsx=automatic", *packages)


@pytest.fixture
def vue_script(node_packages: Path, tmp_path: Path) -> str:
    with one_at_a_time():
        if not (VUE / "node_modules").exists():
            run_node("npm", "ci", "--ignore-scripts", folder=VUE)
    (tmp_path / "Ticket.vue").write_text(shown("timer-in-vue.md", "vue"))
    run_node("node", "compile.mjs", str(tmp_path / "Ticket.vue"), str(tmp_path / "Ticket.js"), folder=VUE)
    (tmp_path / "main.js").write_text(
        'import { createApp } from "vue"; import Ticket from "./Ticket.js";'
        f'createApp(Ticket, {{ ticket: {TICKET} }}).mount("#root");'
    )
    return bundled(tmp_path / "main.js", f"--alias:vue={VUE}/node_modules/vue/dist/vue.esm-browser.prod.js")


def bundled(entry: Path, *options: str) -> str:
    """Minified, as React's and Vue's development builds speak to the console, which fails the test."""
    out = entry.with_name("out.js")
    defines = "--define:process.env.NODE_ENV='production'"
    run_node(
        "node_modules/.bin/esbuild", str(entry), "--bundle", f"--outfile={out}", defines, *options, folder=FRONTEND
    )
    return out.read_text()


@pytest.mark.parametrize("name", ["react", "vue"])
def test_the_component_of_the_guide_starts_and_stops(name: str, ticket: Ticket, request: pytest.FixtureRequest) -> None:
    ticket.host.show(request.getfixturevalue(f"{name}_script") + CHOICE, "/main.js")
    ticket.open('<div id="root"></div><script src="/main.js"></script>')
    row = ticket.page.locator("li", has=ticket.page.locator("harvest-timer[item-id=WEB-12]"))
    ticket.button.click()
    expect(row).to_have_class("ticket running" if name == "react" else "running")
    ticket.button.evaluate("button => button.click()")  # a press within half a second of another would be the same
    expect(row).to_have_class("ticket" if name == "react" else "")
    [sent] = ticket.sent("start")
    assert sent["item"]["name"] == "Fix login"
    assert sent["item"]["permalink"].endswith("/tickets/WEB-12")
