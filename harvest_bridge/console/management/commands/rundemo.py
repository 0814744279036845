"""`manage.py rundemo`: the bridge, a worker, the sandbox and a ticket board, until Ctrl-C."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from harvest_bridge.console.demo import BadPort, Demo
from harvest_bridge.console.supervisor import ManagedProcess, ProcessDied, stop_all
from harvest_bridge.env import ROOT
from harvest_bridge.var_folder import keep

BANNER = """
Harvest Bridge runs.

  Ticket board  {board_url}   begin here: start a timer on a ticket
  Bridge        {bridge_url}   for operators: {bridge_url}/admin/
                {signin}
  {harvest}

Ctrl-C stops all of it. Output is in {logs} (VERBOSE=1 shows it here).
"""


class Stopped(Exception):
    """Somebody asked us to end."""


class Command(BaseCommand):
    help = "Run the whole demo: bridge, worker, sandbox Harvest and a ticket board on another site."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        demo = Demo(settings.VAR_DIR / "demo")
        try:
            on_stopping_signals(raise_stopped)
            demo.refuse_taken_ports()
            self.run(demo)
        except Stopped:
            self.say("Stopped.")
        except (BadPort, ProcessDied, TimeoutError) as error:
            raise CommandError(str(error)) from error

    def run(self, demo: Demo) -> NoReturn:
        if not demo.has_sandbox:
            self.say(
                f"==> Using the Harvest at {demo.environment.get('HARVEST_API_URL', 'api.harvestapp.com')}: no sandbox"
            )
        demo.tell_commands()
        self.say("==> Preparing the database")
        self.manage(demo, "migrate", "--verbosity", "0")
        keys, admin = self.host_app(demo), self.operator(demo)
        demo.tell_keys(keys)
        processes = demo.processes(keys)
        try:
            self.say(f"==> Starting {', '.join(process.name for process in processes)}")
            for process in processes:
                process.start()
            self.mirror(demo, keys)  # beside the processes, which are not ready yet
            for process in processes:
                process.wait_until_ready()
            self.say(self.banner(demo, admin))
            self.watch(processes)
        finally:
            on_stopping_signals(signal.SIG_IGN)  # a second Ctrl-C must not leave a child behind
            self.say("\n==> Stopping")
            stop_all(processes)

    def host_app(self, demo: Demo) -> dict[str, str]:
        """The board's keys, made once for each address that it has had."""

        def create() -> dict[str, str]:
            self.say("==> Creating the host app")
            created: dict[str, str] = json.loads(
                self.manage(demo, "createhost", "--name", "Beacon", "--origin", demo.board_url)
            )
            return created

        return keep(demo.folder / f"host-{demo.ports['HOST_PORT']}.json", create)

    def mirror(self, demo: Demo, keys: dict[str, str]) -> None:
        """Whatever account is linked on the board is mirrored from then on, told once for each host app."""

        def tell() -> dict[str, str]:
            self.manage(demo, "mirrorhost", keys["host_app_id"])
            return {"host_app_id": keys["host_app_id"]}

        keep(demo.folder / f"mirror-{demo.ports['HOST_PORT']}.json", tell)

    def operator(self, demo: Demo) -> dict[str, str]:
        def create() -> dict[str, str]:
            self.say("==> Creating the operator's account")
            made = {"username": "admin", "password": secrets.token_urlsafe(12)}
            environment = demo.environment | {"DJANGO_SUPERUSER_PASSWORD": made["password"]}
            who = ["--username", made["username"], "--email", "admin@example.com"]
            self.manage(demo, "createsuperuser", "--noinput", *who, environment=environment)
            return made

        return keep(demo.folder / "admin.json", create)

    def manage(self, demo: Demo, *argv: str, environment: dict[str, str] | None = None) -> str:
        """Run another command in the demo's environment and return its output. Errors: CommandError."""
        done = subprocess.run(  # noqa: S603
            [sys.executable, "manage.py", *argv],
            env=environment or demo.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        if done.returncode != 0:
            raise CommandError(f"manage.py {argv[0]} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def banner(self, demo: Demo, admin: dict[str, str]) -> str:
        harvest = (
            f"Sandbox       {demo.sandbox_url}   the pretend Harvest, with everyone's timesheet"
            if demo.has_sandbox
            else ""
        )
        return BANNER.format(
            board_url=demo.board_url,
            bridge_url=demo.bridge_url,
            signin=f"sign in as {admin['username']} with {admin['password']}",
            harvest=harvest,
            logs=os.path.relpath(demo.folder / "logs"),
        )

    def watch(self, processes: list[ManagedProcess]) -> NoReturn:
        """Errors: ProcessDied as soon as one child ends by itself; Stopped from a signal."""
        is_verbose = bool(os.environ.get("VERBOSE"))
        while True:
            for process in processes:
                for line in process.new_lines() if is_verbose else ():
                    self.say(f"{process.name:8}| {line}")
                process.raise_if_dead()
            time.sleep(0.2)

    def say(self, text: str) -> None:
        """A closed terminal (SIGHUP) cannot be written to, and must not keep us from stopping the children."""
        with contextlib.suppress(OSError):
            self.stdout.write(text)
            self.stdout.flush()


STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def raise_stopped(*_: object) -> NoReturn:
    raise Stopped


def on_stopping_signals(handler: Callable[..., object] | signal.Handlers) -> None:
    for number in STOPPING:
        signal.signal(number, handler)
