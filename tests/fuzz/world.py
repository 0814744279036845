"""Somebody to ask as on every route, and a good value under every name that we know."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.test.utils import override_settings

from harvest_bridge.connections.models import Connection
from harvest_bridge.connections.services import create_link_token
from harvest_bridge.connections.upstream import configure_from_settings
from harvest_bridge.hosts.services import NewHostApp, create_host_app
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.people import ORIGIN, go_through_consent, widget_token
from tests.timer_widget.people import ITEM, session

_CSRF = "a" * 32


@dataclass
class World:
    """`headers` by the kind of caller, `values` by the name of a parameter or field."""

    host: NewHostApp
    headers: dict[str, dict[str, str]]
    values: dict[str, Any] = field(default_factory=dict)

    def headers_for(self, view: Any) -> dict[str, str]:
        accepted = [caller.__name__ for caller in getattr(getattr(view, "cls", None), "accepts", ())]
        found = [self.headers[name] for name in accepted if name in self.headers]
        anonymous = self.headers["operator"] if not hasattr(view, "cls") else {}
        return {"origin": "http://localhost:8000", "accept": "*/*"} | (found[0] if found else anonymous)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, sandbox_of_the_session: RunningSandbox) -> Iterator[World]:
    harvest = sandbox_of_the_session
    harvest.reset()
    harvest.switch(requests_per_window=1_000_000, report_requests_per_window=1_000_000)
    with django_db_blocker.unblock(), unhurried(), transaction.atomic():
        yield _world(harvest)
        transaction.set_rollback(True)


@contextmanager
def unhurried() -> Iterator[None]:
    """Our own pacing as if Harvest had no limits."""
    with override_settings(HARVEST_REQUESTS_PER_WINDOW=1_000_000, HARVEST_REPORT_REQUESTS_PER_WINDOW=1_000_000):
        configure_from_settings()
        yield
    configure_from_settings()


def _world(harvest: RunningSandbox) -> World:
    host = create_host_app(name="Ticket board", origins=[ORIGIN])
    for who, user in (("alice", ""), ("carmen", "carmen")):
        text = create_link_token(host_app=host.host_app, tenant_id="acme", user_id=user)
        assert go_through_consent(harvest, Client(), text, who).status_code == 200
    account = Connection.objects.get(user_id="")
    user = get_user_model().objects.create_superuser("operator", "operator@example.com", "a long pass phrase")
    browser = Client()
    browser.force_login(user)
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())
    timer = session(host)
    headers = {
        "HostBackEnd": {"authorization": f"Bearer {host.api_key}"},
        "TimerUser": {"authorization": timer._credentials["HTTP_AUTHORIZATION"]},
        "operator": {"cookie": f"{cookie}; {settings.CSRF_COOKIE_NAME}={_CSRF}", "x-csrftoken": _CSRF},
    }
    return World(host, headers, _values(harvest, host, account, user.pk))


def _values(harvest: RunningSandbox, host: NewHostApp, account: Connection, user_id: int) -> dict[str, Any]:
    project, task = harvest.pick("carmen")
    return {
        "integrated_account_id": str(account.pk),
        "connection_id": str(account.pk),
        "host_app_id": str(host.host_app.pk),
        "record_id": "4000101",
        "resource": "users",
        "wanted": "4000101",
        "method": "list",
        "report": "time/team",
        "path": "users",
        "app_label": "hosts",
        "object_id": str(host.host_app.pk),
        "tenant_id": "acme",
        "user_id": "carmen",
        "external_id": "carmen",
        "link_token": create_link_token(host_app=host.host_app, tenant_id="acme", user_id=""),
        "origin": ORIGIN,
        "item": ITEM,
        "item_id": "T-1",
        "project_id": project.id,
        "task_id": task.id,
        "entry_id": 1,
        "client_id": 1,
        "idempotency_key": uuid.uuid4().hex,
        "clicked_at": "2026-11-24T08:00:00Z",
        "started_at": "2026-11-24T08:00:00Z",
        "spent_date": "2026-11-24",
        "date": "2026-11-24",
        "from": "2026-11-01",
        "to": "2026-11-24",
        "hours": "1.5",
        "started_time": "08:00",
        "ended_time": "09:00",
        "name": "Jon Snow",
        "first_name": "Jon",
        "last_name": "Snow",
        "email": "jon@example.com",
        "version": "1",
        "query": {"tenant_id": "acme"},
        "context": {"a": 1},
        "is_active": True,
        "limit": 10,
        "people": [{"external_id": "7", "name": "Jörg Müller", "email": "jm@example.com"}],
        "fields": {"nickname": "first_name"},
        "mappings": {},
        "token": widget_token(host, exp=int(time.time()) + 200),
    }


def forget() -> None:
    """Rate limits of the call before."""
    cache.clear()
