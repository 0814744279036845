"""What lies in deploy/ names settings, commands and metrics that exist. `make image` tries the files themselves."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

from harvest_bridge.env import ROOT, Env

DEPLOY = ROOT / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
OWN_VARIABLES = {"POSTGRES_PASSWORD", "SITE"}  # of the composition, not of the bridge
METRICS = (ROOT / "docs" / "request-log.md").read_text()


def test_the_example_environment_has_settings_that_exist() -> None:
    names = set(re.findall(r"^([A-Z_]+)=", (DEPLOY / "example.env").read_text(), re.M))
    assert names - OWN_VARIABLES <= set(Env.__struct_fields__)


@pytest.mark.parametrize("file", sorted(DEPLOY.glob("compose*.yaml")), ids=lambda path: path.name)
def test_compositions_run_what_the_entry_point_knows(file: Path) -> None:
    services = yaml.safe_load(file.read_text())["services"]
    ours = {name: one for name, one in services.items() if one.get("build")}
    assert {one["command"][0] for one in ours.values()} <= {"web", "worker", "migrate"}
    assert all(one["read_only"] and one["cap_drop"] == ["ALL"] for one in ours.values())
    given = {name for one in ours.values() for name in one.get("environment", {})}
    assert given <= set(Env.__struct_fields__)


@pytest.mark.parametrize(
    "word", ["serve", "run_huey", "migrate", "doctor", "backup", "restore", "exporttenant", "erasetenant"]
)
def test_commands_that_are_named_exist(word: str) -> None:
    assert word in get_commands()
    assert any(word in path.read_text() for path in [*FILES, ROOT / "docs" / "deploying.md"])


@pytest.mark.parametrize("file", [DEPLOY / "prometheus" / "rules.yaml", DEPLOY / "grafana" / "harvest-bridge.json"])
def test_alerts_and_dashboard_ask_for_metrics_that_are_documented(file: Path) -> None:
    loaded = yaml.safe_load(file.read_text()) if file.suffix == ".yaml" else json.loads(file.read_text())
    asked = set(re.findall(r"harvest_bridge_\w+", json.dumps(loaded)))
    assert {name for name in asked if name.removesuffix("_bucket") not in METRICS} == set()


def test_the_entry_point_is_a_program() -> None:
    said = subprocess.run(["sh", "-n", DEPLOY / "bridge"], capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
    assert (DEPLOY / "bridge").stat().st_mode & 0o111
