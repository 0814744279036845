"""The committed browser files are what the sources and the pinned esbuild make, and the sources' own tests pass."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harvest_bridge.env import ROOT

from .conftest import run_node

BUILT = ROOT / "static" / "timer_widget"


@pytest.mark.usefixtures("node_packages")
def test_the_committed_files_are_what_the_sources_make(tmp_path: Path) -> None:
    run_node("node", "build.js", str(tmp_path))
    made = {str(path.relative_to(tmp_path)): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert {"frame.js", "panel.css", "panel.js", "platform.js"} <= set(made)
    assert {name: (BUILT / name).read_bytes() for name in made} == made


def test_the_sources_pass_their_own_tests() -> None:
    assert shutil.which("node"), "Node runs these; `make test` installs it"
    run_node("node", "--test")
