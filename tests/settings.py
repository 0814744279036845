"""Django's settings under test: the real ones, read from an environment into which no developer's shell leaks.

`TEST_DATABASE=postgres pytest …` runs the same tests on a PostgreSQL server that this run starts and ends.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from contextlib import ExitStack

from harvest_bridge.env import Env
from tests.databases import run_folder
from tests.services import free_port, postgres_cluster

VAR = tempfile.mkdtemp(prefix="hb-tests-")
atexit.register(shutil.rmtree, VAR, ignore_errors=True)


def database_url() -> str:
    """The server's address; the first process starts it, and xdist's workers inherit the address."""
    if os.environ.get("TEST_DATABASE", "sqlite") == "sqlite":
        return f"sqlite:///{VAR}/bridge.sqlite3"
    if "TEST_DATABASE_URL" not in os.environ:
        cluster = ExitStack()
        atexit.register(cluster.close)
        os.environ["TEST_DATABASE_URL"] = cluster.enter_context(postgres_cluster())
    return os.environ["TEST_DATABASE_URL"]


run_folder()
# One port for the sandbox of this process, chosen before the settings are read, so that the gateway is wired to it.
SANDBOX_PORT = free_port()
ENVIRONMENT = {
    "SECRET_KEY": "a secret key that is only good for tests",
    "ENCRYPTION_KEYS": "dGhpcyBrZXkgaXMgZm9yIHRlc3RzIG9ubHkuLi4uISE=",
    "PUBLIC_URL": "http://localhost:8000",
    "DATABASE_URL": database_url(),
    "VAR_DIR": VAR,
    "HARVEST_CLIENT_ID": "sandbox-client",
    "HARVEST_CLIENT_SECRET": "sandbox-secret",
    "HARVEST_API_URL": f"http://127.0.0.1:{SANDBOX_PORT}",
    "HARVEST_ID_URL": f"http://127.0.0.1:{SANDBOX_PORT}",
    "HARVEST_USER_AGENT": "Harvest Bridge tests (tests@example.com)",
}
for name in Env.__struct_fields__:
    os.environ.pop(name, None)
os.environ.update(ENVIRONMENT)

from harvest_bridge.settings import *  # noqa: E402, F403
from harvest_bridge.settings import DATABASES, HUEY, STORAGES  # noqa: E402

# A real file, as deployed: SQLite in memory has other locks and no WAL.
if os.environ["DATABASE_URL"].startswith("sqlite"):
    DATABASES["default"]["TEST"] = {"NAME": f"{VAR}/test.sqlite3"}
HUEY["immediate"] = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
