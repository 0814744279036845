"""The demo: its four processes, ports, environment, and the files kept between runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from harvest_bridge.console.ports import free_port_near, is_taken
from harvest_bridge.console.supervisor import ManagedProcess
from harvest_bridge.env import ROOT, Env
from harvest_bridge.var_folder import kept_secrets, write_private

TICKET_BOARD = ROOT / "docs" / "examples" / "ticket_board"
KEPT_FROM_THE_SHELL = ("PATH", "HOME", "LANG", "TMPDIR", "LOG_LEVEL")
OWN_HARVEST = ("HARVEST_API_URL", "HARVEST_ID_URL", "HARVEST_CLIENT_ID", "HARVEST_CLIENT_SECRET")


class BadPort(Exception):
    """A port that cannot be used; the message says how to choose another."""


@dataclass(frozen=True)
class Demo:
    """Shape: `folder` holds all that a run leaves behind; `shell` is the environment of whoever started it."""

    folder: Path
    shell: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    # Addresses

    @cached_property
    def ports(self) -> dict[str, int]:
        """Variable -> port. Errors: BadPort."""
        usual = {"BRIDGE_PORT": 8000, "SANDBOX_PORT": 8001, "HOST_PORT": 8002}
        wanted = {name: self.shell.get(name) or str(port) for name, port in usual.items()}
        if not self.has_sandbox:
            del wanted["SANDBOX_PORT"]
        for name, port in wanted.items():
            if not port.isdecimal() or not 0 < int(port) < 65536:
                raise BadPort(f"{name}={port} is not a port; choose a number between 1024 and 65535.")
        return {name: int(port) for name, port in wanted.items()}

    def refuse_taken_ports(self) -> None:
        """Errors: BadPort naming every port that is taken, or wanted twice, and a command that works."""
        ports = list(self.ports.values())
        taken = {name: port for name, port in self.ports.items() if ports.count(port) > 1 or is_taken(port)}
        if taken:
            named = ", ".join(f"{port} ({name})" for name, port in taken.items())
            others = " ".join(f"{name}={free_port_near(port, ports)}" for name, port in taken.items())
            raise BadPort(f"Taken: port {named}. Is the demo running already? Choose another: make demo {others}")

    @property
    def bridge_url(self) -> str:
        return f"http://localhost:{self.ports['BRIDGE_PORT']}"

    @property
    def board_url(self) -> str:
        """On 127.0.0.1, which to a browser is another site than localhost, as a customer's product would be."""
        return f"http://127.0.0.1:{self.ports['HOST_PORT']}"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['SANDBOX_PORT']}"

    @property
    def has_sandbox(self) -> bool:
        """Whoever names a Harvest, or an OAuth app of theirs, gets that one instead."""
        return not any(self.shell.get(name) for name in OWN_HARVEST)

    # Kept between runs

    @cached_property
    def secrets(self) -> dict[str, str]:
        return kept_secrets(self.folder)

    def tell_commands(self) -> None:
        """Leave our settings where `manage.py` finds them, so that commands beside the demo are about the demo."""
        settings = {name: value for name, value in self.environment.items() if name in Env.__struct_fields__}
        write_private(self.folder / "environment.json", settings)

    def tell_keys(self, keys: Mapping[str, str]) -> None:
        """Leave the addresses of this run and the board's keys under one name, whatever the ports are (README)."""
        addresses = {"bridge_url": self.bridge_url, "board_url": self.board_url}
        write_private(self.folder / "host.json", addresses | dict(keys))

    # Environments

    @property
    def environment(self) -> dict[str, str]:
        """The bridge's, and its worker's and commands'. From the shell come only HARVEST_* and what programs need."""
        given = {name: value for name, value in self.shell.items() if name.startswith("HARVEST_") and value}
        return (
            self._kept_from_the_shell()
            | self.secrets
            | {
                "PUBLIC_URL": self.bridge_url,
                "ALLOWED_HOSTS": "localhost,127.0.0.1",
                "DATABASE_URL": f"sqlite:///{self.folder / 'bridge.sqlite3'}",
                "VAR_DIR": str(self.folder),
                "HARVEST_USER_AGENT": "Harvest Bridge demo (demo@example.com)",
                "WEBHOOK_ALLOW_LOOPBACK": "1",  # all of the demo is on this machine, receivers of webhooks too
            }
            | (self._sandbox_settings() if self.has_sandbox else {})
            | given
        )

    def _kept_from_the_shell(self) -> dict[str, str]:
        kept = {name: self.shell[name] for name in KEPT_FROM_THE_SHELL if name in self.shell}
        return kept | {"PYTHONUNBUFFERED": "1", "DJANGO_SETTINGS_MODULE": "harvest_bridge.settings"}

    def _sandbox_settings(self) -> dict[str, str]:
        return {
            "HARVEST_CLIENT_ID": "sandbox-client",
            "HARVEST_CLIENT_SECRET": "sandbox-secret",
            "HARVEST_API_URL": self.sandbox_url,
            "HARVEST_ID_URL": self.sandbox_url,
        }

    def board_environment(self, keys: Mapping[str, str]) -> dict[str, str]:
        """The host app's: the bridge's address and its own keys, as any host app has them."""
        return self._kept_from_the_shell() | {
            "HOST": "127.0.0.1",
            "PORT": str(self.ports["HOST_PORT"]),
            "BRIDGE_URL": self.bridge_url,
            "API_KEY": keys["api_key"],
            "HOST_APP_ID": keys["host_app_id"],
            "WIDGET_KEY_ID": keys["widget_key_id"],
            "WIDGET_SECRET": keys["widget_secret"],
        }

    # Processes

    def processes(self, keys: Mapping[str, str]) -> list[ManagedProcess]:
        """In the order in which they start. `keys` is what createhost printed."""
        bridge_port = str(self.ports["BRIDGE_PORT"])
        uvicorn = ["-m", "uvicorn", "harvest_bridge.asgi:application", "--host", "127.0.0.1", "--port", bridge_port]
        bridge = self._process(
            "bridge", *uvicorn, "--timeout-graceful-shutdown", "3", ready_url=f"{self.bridge_url}/health/ready"
        )
        worker = self._process("worker", "manage.py", "run_huey")
        board = self._process("board", "server.py", ready_url=self.board_url, directory=TICKET_BOARD)
        board.environment = self.board_environment(keys)
        return [*self._sandbox(), bridge, worker, board]

    def _sandbox(self) -> list[ManagedProcess]:
        if not self.has_sandbox:
            return []
        options = ["--port", str(self.ports["SANDBOX_PORT"]), "--keep-grants", str(self.folder / "sandbox-grants.json")]
        ready_url = f"{self.sandbox_url}/health/ready"
        return [self._process("sandbox", "manage.py", "sandbox", *options, ready_url=ready_url)]

    def _process(self, name: str, *argv: str, ready_url: str | None = None, directory: Path = ROOT) -> ManagedProcess:
        return ManagedProcess(
            name=name,
            argv=[sys.executable, *argv],
            environment=self.environment,
            log=self.folder / "logs" / f"{name}.log",
            ready_url=ready_url,
            directory=directory,
        )
