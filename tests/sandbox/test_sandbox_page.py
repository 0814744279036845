"""docs/sandbox.md tells all that can be turned, called and ordered."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from django.core.management import load_command_class

from harvest_bridge.sandbox.control_api import control_routes
from harvest_bridge.sandbox.faults import Kind
from harvest_bridge.sandbox.seed import seed_of
from harvest_bridge.sandbox.switches import Switches
from harvest_bridge.sandbox.world import World

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "sandbox.md").read_text()
WORLD = World(seed_of(0))
PARSER = load_command_class("harvest_bridge.sandbox", "sandbox").create_parser("manage.py", "sandbox")
DJANGOS_OWN = {
    "--help",
    "--version",
    "--settings",
    "--pythonpath",
    "--traceback",
    "--no-color",
    "--force-color",
    "--verbosity",
}


@pytest.mark.parametrize("switch", Switches.__struct_fields__)
def test_every_switch_is_described(switch: str) -> None:
    assert f"`{switch}`" in PAGE


@pytest.mark.parametrize("path", sorted({route.path for route in control_routes(WORLD)}))
def test_every_control_is_described(path: str) -> None:
    assert f"{path}`" in PAGE


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_fault_is_described(kind: str) -> None:
    assert f"| `{kind}` |" in PAGE


def test_every_option_is_described() -> None:
    options = {name for action in PARSER._actions for name in action.option_strings if name.startswith("--")}
    assert {name for name in options - DJANGOS_OWN if f"`{name}`" not in PAGE} <= {"--skip-checks"}


def test_the_tokens_and_accounts_on_the_page_are_real() -> None:
    tokens = {token.value for token in WORLD.tokens.access_tokens()}
    for token in ("7000101.pt.alice", "7000102.pt.bruno", "7000103.pt.carmen", "7000109.pt.ivan", "7000112.pt.laura"):
        assert token in tokens
        assert f"`{token}`" in PAGE
    for account in WORLD.accounts.values():
        assert f"{account.id} ({account.name}, {account.product})" in PAGE
    agency = WORLD.accounts[1408215]
    assert agency.projects[11000101].name
    assert agency.tasks[9000101].name
