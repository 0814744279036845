"""A whole bridge as real processes: the web process and, on request, a worker, over a database of their own."""

from __future__ import annotations

import atexit
import fcntl
import json
import os
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import httpx
import jwt

from harvest_bridge.console.supervisor import ManagedProcess, stop_all
from harvest_bridge.env import ROOT
from tests.databases import copy_database, create_database, on_a_server, own_database, run_folder
from tests.programs import run_program
from tests.secret_shapes import assert_clean_logs
from tests.services import free_port

START_SECONDS = 300  # nobody waits longer than it takes; a machine that is busy with other things takes long
KEPT_FROM_THE_SHELL = ("PATH", "HOME", "LANG", "TMPDIR")


def clean_environment(**settings: str) -> dict[str, str]:
    """What a service manager would give a process: nothing of the developer's shell, and not the tests' settings."""
    kept = {name: os.environ[name] for name in KEPT_FROM_THE_SHELL if name in os.environ}
    return kept | {"PYTHONUNBUFFERED": "1"} | settings


@dataclass
class Bridge:
    """A running bridge with one host app, made by the real `createhost`.

    Shape: `url` is on `localhost`; `host_origin` (on 127.0.0.1, another site) is the one origin listed; `host` is the
    JSON that createhost printed; `harvest_url` is the sandbox that it is wired to.
    """

    url: str
    harvest_url: str
    host_origin: str
    environment: Mapping[str, str]
    folder: Path
    host: dict[str, str] = field(default_factory=dict)
    web: ManagedProcess = field(init=False)
    worker: ManagedProcess = field(init=False)

    def __post_init__(self) -> None:
        port = self.url.rpartition(":")[2]
        uvicorn = ["-m", "uvicorn", "harvest_bridge.asgi:application", "--host", "127.0.0.1", "--port", port]
        self.web = self._process("bridge", *uvicorn, ready_url=f"{self.url}/health/ready")
        self.worker = self._process("worker", "manage.py", "run_huey")

    def _process(self, name: str, *argv: str, ready_url: str | None = None) -> ManagedProcess:
        return ManagedProcess(
            name=name,
            argv=[sys.executable, *argv],
            environment=self.environment,
            log=self.folder / f"{name}.log",
            ready_url=ready_url,
            directory=ROOT,
        )

    def manage(self, *argv: str) -> str:
        """Run a manage.py command against this bridge's database; returns what it printed. Errors: RuntimeError."""
        return run_program("manage", *argv, environment=self.environment)

    def create_host(self, name: str, *origins: str) -> dict[str, str]:
        listed = [word for origin in origins for word in ("--origin", origin)]
        created: dict[str, str] = json.loads(self.manage("createhost", "--name", name, *listed))
        return created

    def restart(self) -> None:
        """What a deployment does to the web process: SIGTERM, then a new one on the same port."""
        self.web.stop()
        self.web.start()
        self.web.wait_until_ready(timeout=START_SECONDS)

    @cached_property
    def api(self) -> httpx.Client:
        """REST as the host's back end calls it, with its API key."""
        headers = {"Authorization": f"Bearer {self.host['api_key']}"}
        # uvicorn ends an idle connection after five seconds; one that is older than two is not used again.
        limits = httpx.Limits(keepalive_expiry=2)
        return httpx.Client(base_url=self.url, headers=headers, trust_env=False, timeout=30, limits=limits)

    def widget_token(self, *, sub: str = "u-1", tenant_id: str = "acme", **claims: Any) -> str:
        """A widget token as the host signs it (DESIGN §4.4); `claims` add or replace, None leaves one out."""
        now = int(time.time())
        body = {
            "iss": self.host["host_app_id"],
            "aud": "timer",
            "sub": sub,
            "tenant_id": tenant_id,
            "origin": self.host_origin,
            "iat": now,
            "exp": now + 60,
            "jti": uuid.uuid4().hex,
        } | claims
        given = {name: value for name, value in body.items() if value is not None}
        headers = {"kid": self.host["widget_key_id"]}
        return jwt.encode(given, self.host["widget_secret"], algorithm="HS256", headers=headers)


def is_running(bridge: Bridge) -> bool:
    return bridge.web.is_alive


@contextmanager
def running_bridge(
    folder: Path, *, harvest_url: str, with_worker: bool = False, database_url: str = "", **settings: str
) -> Iterator[Bridge]:
    """Start a bridge wired to the sandbox at `harvest_url`, and end it; `settings` are environment variables.

    `database_url` is of an empty database, where it is not to be one of this run's own.
    """
    first = first_bridge()
    with ExitStack() as at_the_end:
        at_the_end.callback(assert_clean_logs, folder)
        given = database_url or at_the_end.enter_context(own_database(folder, like=first.environment["DATABASE_URL"]))
        bridge = _bridge(folder, given, harvest_url, host_origin=first.host_origin, **settings)
        bridge.host = dict(first.host)
        if database_url and not copy_database(first.environment["DATABASE_URL"], database_url):
            bridge.manage("migrate", "--verbosity", "0")
            bridge.host = bridge.create_host("Ticket board", bridge.host_origin)
        processes = [bridge.web] + [bridge.worker] * with_worker
        at_the_end.callback(stop_all, processes)
        for process in processes:
            process.start()
        for process in processes:
            process.wait_until_ready(timeout=START_SECONDS)
        at_the_end.callback(bridge.api.close)
        yield bridge


@cache
def first_bridge() -> Bridge:
    """Made once by the real commands, and never started: the others begin with a copy of its database."""
    lasting = ExitStack()
    atexit.register(lasting.close)
    folder = Path(lasting.enter_context(tempfile.TemporaryDirectory(prefix="hb-first-")))
    database_url = lasting.enter_context(own_database(folder, like=migrated_database()))
    bridge = _bridge(folder, database_url, "http://127.0.0.1:9", host_origin=f"http://127.0.0.1:{free_port()}")
    bridge.host = bridge.create_host("Ticket board", bridge.host_origin)
    return bridge


def migrated_database() -> str:
    """The URL of a database with every migration and no rows, to copy: `migrate` takes seconds, so it runs once a run.

    The first process that asks makes it, and nobody connects to it afterwards.
    """
    folder = run_folder()
    with (folder / "migrated").open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        url = file.read()
        if not url:
            url = create_database("migrated" if on_a_server() else str(folder / "migrated.sqlite3"))
            bridge = _bridge(folder, url, "http://127.0.0.1:9", host_origin="http://127.0.0.1:9")
            environment = {**bridge.environment, "DJANGO_SETTINGS_MODULE": "harvest_bridge.settings"}
            # Django's own command line: ours writes who ran it into the audit.
            run_program("django", "migrate", "--verbosity", "0", environment=environment)
            file.write(url)
    return url


def _bridge(folder: Path, database_url: str, harvest_url: str, *, host_origin: str, **settings: str) -> Bridge:
    url = f"http://localhost:{free_port()}"
    environment = clean_environment(
        SECRET_KEY="a secret key that is only good for tests",
        ENCRYPTION_KEYS="dGhpcyBrZXkgaXMgZm9yIHRlc3RzIG9ubHkuLi4uISE=",
        PUBLIC_URL=url,
        DATABASE_URL=database_url,
        VAR_DIR=str(folder),
        HARVEST_CLIENT_ID="sandbox-client",
        HARVEST_CLIENT_SECRET="sandbox-secret",
        HARVEST_API_URL=harvest_url,
        HARVEST_ID_URL=harvest_url,
        HARVEST_USER_AGENT="Harvest Bridge tests (tests@example.com)",
    )
    environment |= settings
    return Bridge(url, harvest_url, host_origin, environment, folder)
