"""The demo's ports, secrets and environment, before any process starts."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from harvest_bridge.console.demo import BadPort, Demo
from tests.services import free_port


@pytest.fixture
def shell() -> dict[str, str]:
    """The environment of somebody whose ports are all free."""
    return {name: str(free_port()) for name in ("BRIDGE_PORT", "SANDBOX_PORT", "HOST_PORT")}


@pytest.fixture(params=["127.0.0.1", "::1"])
def stranger(request: pytest.FixtureRequest) -> Iterator[int]:
    """The port of some other server, on either loopback address."""
    family = socket.AF_INET6 if ":" in request.param else socket.AF_INET
    with socket.socket(family) as server:
        server.bind((request.param, 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_taken_port_is_named_with_a_command_that_works(tmp_path: Path, shell: dict[str, str], stranger: int) -> None:
    demo = Demo(tmp_path, {**shell, "HOST_PORT": str(stranger)})
    with pytest.raises(BadPort, match=rf"port {stranger} \(HOST_PORT\).*make demo HOST_PORT=\d+") as refusal:
        demo.refuse_taken_ports()
    offered = str(refusal.value).rpartition("=")[2]
    Demo(tmp_path, {**shell, "HOST_PORT": offered}).refuse_taken_ports()


def test_two_processes_cannot_share_a_port(tmp_path: Path, shell: dict[str, str]) -> None:
    with pytest.raises(BadPort, match=r"BRIDGE_PORT.*HOST_PORT"):
        Demo(tmp_path, {**shell, "HOST_PORT": shell["BRIDGE_PORT"]}).refuse_taken_ports()


@pytest.mark.parametrize("port", ["eighty", "0", "70000", "-1"])
def test_what_is_no_port_is_named(tmp_path: Path, shell: dict[str, str], port: str) -> None:
    with pytest.raises(BadPort, match=f"BRIDGE_PORT={port} is not a port"):
        Demo(tmp_path, {**shell, "BRIDGE_PORT": port}).refuse_taken_ports()


def test_secrets_are_made_once_and_for_their_owner_only(tmp_path: Path) -> None:
    first = Demo(tmp_path / "demo", {}).environment
    assert Demo(tmp_path / "demo", {}).environment == first
    assert len(first["SECRET_KEY"]) > 40
    assert (tmp_path / "demo" / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "demo").stat().st_mode & 0o777 == 0o700


def test_the_demo_leaves_the_databases_of_a_developers_shell_alone(tmp_path: Path) -> None:
    environment = Demo(tmp_path, {"DATABASE_URL": "postgresql://production.example/live", "DEBUG": "1"}).environment
    assert environment["DATABASE_URL"] == f"sqlite:///{tmp_path}/bridge.sqlite3"
    assert "DEBUG" not in environment


def test_another_harvest_takes_the_place_of_the_sandbox(tmp_path: Path) -> None:
    other = {"HARVEST_API_URL": "http://127.0.0.1:7000", "HARVEST_ID_URL": "http://127.0.0.1:7001"}
    demo = Demo(tmp_path, {**other, "HARVEST_CLIENT_ID": "mine", "HARVEST_CLIENT_SECRET": "s3cret"})
    assert [process.name for process in demo.processes(dict.fromkeys(KEYS, ""))] == ["bridge", "worker", "board"]
    assert demo.environment.items() >= {**other, "HARVEST_CLIENT_ID": "mine"}.items()


def test_the_ticket_board_gets_its_own_keys_and_none_of_the_bridges_secrets(tmp_path: Path) -> None:
    demo = Demo(tmp_path, {})
    environment = demo.board_environment(dict.fromkeys(KEYS, "of the board"))
    assert [environment[name] for name in ("WIDGET_SECRET", "API_KEY")] == ["of the board"] * 2
    assert not {*demo.secrets.values()} & set(environment.values())


KEYS = ("host_app_id", "widget_key_id", "widget_secret", "api_key")
