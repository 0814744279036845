"""Fixtures that several folders of tests use."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connection

from harvest_bridge.api import locks
from harvest_bridge.console.audit import guard
from harvest_bridge.sandbox.seed import seed_of
from harvest_bridge.sandbox.testing import RunningSandbox, running_sandbox
from tests.databases import create_database, end_sessions
from tests.emptied_tables import deleting_what_tests_commit
from tests.processes import Bridge, is_running, migrated_database, running_bridge
from tests.remembered_seed import RememberedSeed
from tests.services import redis_server
from tests.settings import SANDBOX_PORT
from tests.shared import Shared

# Whoever waits for an answer waits as long as a machine takes that is busy with other things, and not five seconds.
for phase in ("connect", "read", "write", "pool"):
    setattr(httpx._config.DEFAULT_TIMEOUT_CONFIG, phase, 60.0)

gc.disable()  # thousands of tests are collected, of which nothing is garbage

pytest_plugins = ["tests.browsers", "tests.people", "tests.canaries", "tests.static_files", "tests.long_first"]

DATABASE_FIXTURES = {"db", "transactional_db", "bridge", "bridge_of_the_session"}
ON_SQLITE = os.environ.get("TEST_DATABASE", "sqlite") == "sqlite"
# By the import line the first two know no database, and the last has one of its own that no test names: on another one
# they need not even be read.
collect_ignore = [] if ON_SQLITE else ["harvest", "sandbox", "clients/test_as_described.py"]


def pytest_collection_finish() -> None:
    """What is there now stays to the end: it need not be looked through again and again."""
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What never asks for a database has nothing new to say on PostgreSQL."""
    if ON_SQLITE:
        return
    idle = [item for item in items if not uses_database(item)]
    config.hook.pytest_deselected(items=idle)
    items[:] = [item for item in items if uses_database(item)]


def uses_database(item: pytest.Item) -> bool:
    """A page in a browser asks the same views as the tests without one, so only those marked run again."""
    fixtures = set(getattr(item, "fixturenames", ()))
    if "browser_of_the_module" in fixtures:
        return item.get_closest_marker("on_every_database") is not None
    if item.get_closest_marker("any_database") is not None:
        return False
    return bool(fixtures & DATABASE_FIXTURES) or item.get_closest_marker("django_db") is not None


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """A copy of the migrated database, instead of pytest-django's own that each worker would migrate.

    What tests commit is deleted afterwards, which the audit's guard would refuse; its own tests install it.
    The connection that carries our locks ends before the database that it is to, and so do those of idle threads.
    """
    with django_db_blocker.unblock():
        name = connection.creation._get_test_db_name()
        create_database(name, like=migrated_database())
        connection.close()
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
        assert not list(guard.missing_guards())
        guard.remove()
        at_the_end = ExitStack()
        at_the_end.enter_context(deleting_what_tests_commit())
    with at_the_end:
        yield
    locks.close()
    connection.close()
    end_sessions(name)


@pytest.fixture(autouse=True)
def _empty_caches() -> None:
    """Rate limits, single uses and kept answers of the tests before this one, in whatever order they ran."""
    for each in caches.all(initialized_only=True):
        each.clear()


@pytest.fixture(scope="session")
def sandbox_of_the_session() -> Iterator[RunningSandbox]:
    with running_sandbox(port=SANDBOX_PORT, seed=RememberedSeed(seed_of(900))) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(sandbox_of_the_session: RunningSandbox) -> RunningSandbox:
    """The pretend Harvest that our settings, and `bridge`, are wired to; back at its seed for every test."""
    sandbox_of_the_session.reset()
    return sandbox_of_the_session


@pytest.fixture(scope="session")
def bridge_of_the_session(
    tmp_path_factory: pytest.TempPathFactory, sandbox_of_the_session: RunningSandbox
) -> Iterator[Shared[Bridge]]:
    def start() -> AbstractContextManager[Bridge]:
        return running_bridge(tmp_path_factory.mktemp("bridge"), harvest_url=sandbox_of_the_session.url)

    with Shared(start, is_running) as bridge:
        yield bridge


@pytest.fixture
def bridge(bridge_of_the_session: Shared[Bridge], sandbox: RunningSandbox) -> Iterator[Bridge]:
    """A real bridge in processes of its own. Its database lives as long as the run: use tenants of your own."""
    bridge = bridge_of_the_session.get()
    yield bridge
    bridge.web.raise_if_dead()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with redis_server() as url:
        yield url
