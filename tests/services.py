"""The servers that tests need, started by the test run itself and gone with it: PostgreSQL and Redis."""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

import psycopg
import redis

from harvest_bridge.console.supervisor import die_with_parent

# Durability is of no use to a database that lives for one test run.
POSTGRES_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "listen_addresses": "",
    "max_connections": "200",
}


# Below the ephemeral range, from which the kernel takes the ports of outgoing connections and of whoever binds port 0.
RESERVABLE_PORTS = range(20_000, 32_000)
_reserved: list[TextIO] = []  # locked files, one for each port of this process


def free_port() -> int:
    """A TCP port on the loopback address that nobody else is given while this process lives."""
    start = os.getpid() * 97 % len(RESERVABLE_PORTS)
    for port in [*RESERVABLE_PORTS[start:], *RESERVABLE_PORTS[:start]]:
        if _reserve(port):
            return port
    raise OSError(f"no port of {RESERVABLE_PORTS} is free")


def _reserve(port: int) -> bool:
    lock = (Path(tempfile.gettempdir()) / f"hb-port-{port}").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", port))
    except OSError:
        lock.close()
        return False
    _reserved.append(lock)
    return True


class PostgresServer:
    """A PostgreSQL server on a private socket, and what may happen to it. `url` is of its database."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._user = _database_user(folder)
        self.url = f"postgresql://postgres@{quote(str(folder), safe='')}/postgres"
        argv = [postgres_tool("initdb"), "-D", folder / "data", "-U", "postgres", "--auth=trust", "--no-locale"]
        _run_as(self._user, [*argv, "-E", "UTF8", "--no-sync"])

    def start(self) -> None:
        folder, log = self._folder, self._folder / "log"
        options = [word for name, value in POSTGRES_SETTINGS.items() for word in ("-c", f"{name}={value}")]
        argv = [postgres_tool("postgres"), "-D", folder / "data", "-k", folder, *options]
        self._server = _start_as(self._user, argv, log=log)
        _wait_until(lambda: psycopg.connect(self.url).close(), psycopg.OperationalError, self._server, log)

    def stop(self) -> None:
        _end(self._server)

    @property
    def pid(self) -> int:
        return self._server.pid

    def own(self, folder: Path) -> Path:
        """Make this folder, for the server to keep a tablespace in."""
        folder.mkdir(mode=0o700)
        _database_user(folder)
        return folder

    def freeze(self) -> None:
        """Every process of it stands still: connections stay open, and nobody answers."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        """The one that starts the others first, and until it stands still: it could be starting another just now."""
        pid = self.pid
        os.kill(pid, number)
        while number == signal.SIGSTOP and _state(pid) != "T":
            time.sleep(0.001)
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            with suppress(ProcessLookupError):  # it has ended meanwhile
                os.kill(int(child), number)


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    folder = _short_folder("hb-pg-")
    server = PostgresServer(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres_cluster() -> Iterator[str]:
    """The same for who only wants the URL of its empty database."""
    with postgres_server() as server:
        yield server.url


@contextmanager
def redis_server(port: int = 0, *, snapshots: Path | None = None) -> Iterator[str]:
    """A Redis server of its own; yields its URL.

    Shape: on a free port unless told otherwise, as by who starts one anew; in memory only, unless there is a folder to
    read a snapshot from at the start, and to write one to at SAVE.
    """
    folder, port = _short_folder("hb-redis-"), port or free_port()
    url = f"redis://127.0.0.1:{port}/0"
    argv = [_tool("redis-server"), "--bind", "127.0.0.1", "--port", port, "--save", "", "--appendonly", "no"]
    argv += ["--dir", snapshots or folder]
    server = _start_as(None, argv, log=folder / "log")
    try:
        with closing(redis.Redis.from_url(url)) as client:
            _wait_until(client.ping, redis.ConnectionError, server, folder / "log")
        yield url
    finally:
        _end(server)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def hanging_redis() -> Iterator[str]:
    """A Redis server that takes connections and never answers: its process is stopped; yields its URL."""
    with redis_server() as url:
        with closing(redis.Redis.from_url(url)) as client:
            server: int = client.info("server")["process_id"]
        os.kill(server, signal.SIGSTOP)
        try:
            yield url
        finally:
            os.kill(server, signal.SIGCONT)


def _short_folder(prefix: str) -> Path:
    """Under /tmp whatever TMPDIR says: a socket's path may have 107 characters, and `postgres` must get there."""
    return Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))


def _database_user(folder: Path) -> str | None:
    """PostgreSQL refuses to run as root: root hands the folder to `postgres`, anyone else runs it as themselves."""
    if os.geteuid() != 0:
        return None
    shutil.chown(folder, "postgres", pwd.getpwnam("postgres").pw_gid)
    return "postgres"


def _tool(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise FileNotFoundError(f"{name} is not installed; `make test` installs it, or names the Debian package")
    return path


def postgres_tool(name: str) -> str:
    """Debian keeps the server's own programs off PATH, one folder per version; the newest is taken."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    return str(found[-1]) if found else _tool(name)


def _run_as(user: str | None, argv: list[object]) -> None:
    words = [str(word) for word in argv]
    result = subprocess.run(words, user=user, cwd="/", capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise RuntimeError(f"{words[0]} failed:\n{result.stdout}{result.stderr}")


def _start_as(user: str | None, argv: list[object], *, log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen(
            [str(word) for word in argv],
            user=user,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent,
        )


def _wait_until(
    ask: Callable[[], object], not_yet: type[Exception], server: subprocess.Popen[bytes], log: Path
) -> None:
    """Ask until it answers; errors: RuntimeError with the server's own words, if it ended or took five minutes."""
    deadline = time.monotonic() + 300
    while True:
        try:
            ask()
        except not_yet as error:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{server.args!r} did not start:\n{log.read_text(errors='replace')}") from error
            time.sleep(0.02)
        else:
            return


def _end(server: subprocess.Popen[bytes]) -> None:
    """SIGINT is the quick shutdown of both, and PostgreSQL ends its own children on it."""
    server.send_signal(signal.SIGINT)
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
