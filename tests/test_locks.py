"""What a machine installs is exactly what was tried here, whoever serves the files."""

from __future__ import annotations

import re
import tomllib

import pytest

from harvest_bridge.env import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCKS = {
    ".ci/requirements.txt": PROJECT["dependencies"],
    ".ci/requirements-dev.txt": PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"],
}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(path: str) -> dict[str, list[str]]:
    """Package and version -> the hashes of its files. Markers, which tell where a package is needed, are left out."""
    text = (ROOT / path).read_text().replace("\\\n", " ")
    lines = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    return {words[0]: [word for word in words if word.startswith("--")] for words in lines}


@pytest.mark.parametrize("path", LOCKS)
def test_every_package_of_the_project_is_locked(path: str) -> None:
    names = {normal(re.split(r"[\[<>=!~; ]", requirement)[0]) for requirement in LOCKS[path]}
    assert names - {normal(pin.partition("==")[0]) for pin in locked(path)} == set()


@pytest.mark.parametrize("path", LOCKS)
def test_every_pin_has_the_hashes_of_all_its_files(path: str) -> None:
    pins = locked(path)
    assert all(re.fullmatch(r"[a-z0-9._-]+==[\w.+!-]+", pin) for pin in pins)
    assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", word) for hashes in pins.values() for word in hashes)
    assert len([name for name, hashes in pins.items() if len(hashes) < 2]) <= len(pins) // 20


def test_the_lock_serves_the_oldest_python_too() -> None:
    """Before Python 3.11.3 redis asks for async-timeout, and Debian 12 has 3.11.2."""
    assert "async-timeout" in {pin.partition("==")[0] for pin in locked(".ci/requirements.txt")}


def test_the_development_lock_holds_the_very_same_runtime() -> None:
    runtime, development = locked(".ci/requirements.txt"), locked(".ci/requirements-dev.txt")
    assert {pin: development.get(pin) for pin in runtime} == runtime


@pytest.mark.parametrize("path", [*LOCKS, "timer_widget/frontend/package-lock.json"])
def test_no_lock_names_where_its_files_are_fetched(path: str) -> None:
    assert "resolved" not in (text := (ROOT / path).read_text())
    assert not re.search(r"(registry|index|pypi|npmjs)\S*\.(org|com|net)", text)
