"""The committed browser files are what the sources and the pinned esbuild make, and the sources' own tests pass."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from django.conf import settings

from harvest_bridge.env import ROOT
from timer_widget.frames.assets import integrity

from .node import FRONTEND, run_node

BUILT = ROOT / "static" / "timer_widget"
LANGUAGES = ["", *(f".{code}" for code, _name in settings.LANGUAGES if code != "en")]
NAMES = {f"{kind}{code}.js" for kind in ("frame", "panel") for code in LANGUAGES}


@pytest.mark.usefixtures("node_packages")
def test_the_committed_files_are_what_the_sources_make(tmp_path: Path) -> None:
    run_node("node", "build.js", str(tmp_path))
    run_node("node", "versions.js", str(tmp_path))
    run_node("node", "manifest.js", str(tmp_path))
    made = {str(path.relative_to(tmp_path)): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    others = {"panel.css", "platform.js", "harvest-bridge.d.ts", "custom-elements.json", "v1.0.0/platform.js"}
    assert others | NAMES <= set(made)
    assert {name: (BUILT / name).read_bytes() for name in made} == made


def test_the_sources_pass_their_own_tests() -> None:
    assert shutil.which("node"), "Node runs these; `make test` installs it"
    run_node("node", "--test")


def test_what_was_published_stays_as_it_was() -> None:
    published = json.loads((FRONTEND / "published.json").read_text())
    assert {version: integrity(version) for version in published} == published


@pytest.mark.usefixtures("node_packages")
def test_the_shipped_types_hold_for_a_strict_page(tmp_path: Path) -> None:
    (tmp_path / "page.ts").write_text(PAGE)
    (tmp_path / "harvest-bridge.d.ts").write_bytes((BUILT / "harvest-bridge.d.ts").read_bytes())
    compile_page = (
        "node",
        str(FRONTEND / "node_modules/typescript/bin/tsc"),
        "--noEmit",
        "--strict",
        "--target",
        "es2022",
    )
    run_node(*compile_page, "page.ts", folder=tmp_path)
    (tmp_path / "page.ts").write_text(PAGE.replace("entry_id", "entryId"))
    with pytest.raises(AssertionError, match="entryId"):
        run_node(*compile_page, "page.ts", folder=tmp_path)


PAGE = """import type { HarvestTimerWish } from "./harvest-bridge";
const wish: HarvestTimerWish = { item: { id: 7, name: "Call" }, default: { project_code: "WEB", task_name: "Design" } };
HarvestBridge.init({ token: async () => (await fetch("/token")).text(), theme: "dark" });
window.HarvestBridge.start(wish).catch(({ code, message }) => console.log(code, message));
addEventListener("harvest-timer:started", ({ detail }) => console.log(detail.entry_id.toFixed(), detail.total ?? 0));
document.createElement("harvest-timer").addEventListener("harvest-timer:switched", (e) => e.detail.previous.seconds);
const running: number | undefined = HarvestBridge.state().running?.since;
HarvestBridge.start(document.body).then((done) => done === "panel" || done === "started" || done === "running");
HarvestBridge.stop().then((done) => done === "stopped" || done === "idle");
HarvestBridge.destroy();
"""
