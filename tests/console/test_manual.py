"""The manual as a site: built from docs/ by `make docs`, with no link to nothing, and served under a strict policy."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from django.test import Client, override_settings

from harvest_bridge.env import ROOT

READERS = ("Evaluators", "Host developers", "Operators", "Support")


@pytest.fixture(scope="module")
def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_docs", ROOT / ".ci" / "docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def site(builder: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("site") / "docs"
    builder.main(folder)
    with override_settings(MANUAL_ROOT=folder):
        yield folder


def test_its_first_page_leads_each_kind_of_reader_and_the_guides(site: Path) -> None:
    answer = Client().get("/docs/manual/")
    page = answer.content.decode()
    assert [name for name in READERS if f">{name}<" not in page.replace("\n", "")] == []
    for link in ("guides/link-a-customer.html", "deploying.html", "CHANGELOG.html", "examples/signing/index.html"):
        assert link in page
        assert Client().get(f"/docs/manual/{link}").status_code == 200


def test_it_is_served_under_a_policy_without_unsafe_words_and_cached(site: Path) -> None:
    answer = Client().get("/docs/manual/deploying.html")
    policy = answer["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self' 'sha256-")
    assert "unsafe" not in policy
    assert "http" not in policy
    again = Client().get("/docs/manual/deploying.html", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    script = next((site / "assets" / "javascripts").glob("bundle.*.js")).name
    assert "immutable" in Client().get(f"/docs/manual/assets/javascripts/{script}")["Cache-Control"]


@pytest.mark.parametrize("name", ["nothing.html", "../../pyproject.toml", "%2e%2e/%2e%2e/pyproject.toml", "guides/"])
def test_nothing_else_is_served(site: Path, name: str) -> None:
    assert Client().get(f"/docs/manual/{name}").status_code == 404


def test_a_bridge_whose_manual_was_not_built_has_its_reference(tmp_path: Path) -> None:
    with override_settings(MANUAL_ROOT=tmp_path):
        assert Client().get("/docs/manual/").status_code == 404
        assert Client().get("/docs/").status_code == 200


def test_a_link_to_nothing_ends_the_build(builder: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("docs", ".ci", "deploy"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / "CHANGELOG.md").write_text("# Changes\n")
    for page in (tmp_path / "docs").rglob("*.md"):
        page.write_text(f"# {page.stem}\n")
    page = tmp_path / "docs" / "pacing.md"
    index = tmp_path / "docs" / "README.md"
    pages = (one.relative_to(tmp_path / "docs") for one in page.parent.rglob("*.md") if one != index)
    index.write_text("# Manual\n\n## All\n\n" + "".join(f"[{one.stem}]({one})\n" for one in pages))
    build = [sys.executable, tmp_path / ".ci" / "docs.py", tmp_path / "site"]
    for link, said in (("[gone](gone.md)", "links to gone.md"), ("[gone](api.md#gone)", "zensical ended with 1")):
        page.write_text(f"# Pacing\n\n{link}\n")
        done = subprocess.run(build, capture_output=True, text=True)
        assert done.returncode == 1, done.stdout
        assert said in done.stderr
    assert not (tmp_path / "site").exists()
