"""docs/development.md, "How to add one", by the shortest change each (a resource: unified/test_new_resource.py)."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Annotated, Any, cast

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import clear_url_caches, include, path

from harvest_bridge import env
from harvest_bridge.api.models import IdempotentWrite
from harvest_bridge.connections import history
from harvest_bridge.connections.models import Connection, ConnectionEvent
from harvest_bridge.hosts.read_only import ReadOnlyAdmin


class WithWeight(env.Env, frozen=True, kw_only=True):
    TIMER_WEIGHT: Annotated[int, env._help("How heavy a timer is.")] = 7


def test_a_setting_is_one_line_of_env(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env, "Env", WithWeight)
    found = [cast(Any, env.read_env(environ)).TIMER_WEIGHT for environ in ({}, {"TIMER_WEIGHT": "9"})]
    assert found == [7, 9]
    with pytest.raises(ImproperlyConfigured, match="TIMER_WEIGHT"):
        env.read_env({"TIMER_WEIGHT": "heavy"})


def browser(**rights: Any) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.create_user("operator", is_staff=True, **rights))
    return client


@pytest.mark.django_db
def test_an_event_is_one_choice_and_one_note(alices: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    what = ConnectionEvent._meta.get_field("what")
    monkeypatch.setattr(what, "choices", [*what.choices, ("polished", "Polished")])
    history.note(alices, cast(history.What, "polished"), actor=history.HOST, detail="until it shone")
    operator = browser(is_superuser=True)
    for page in ("connectionevent/", f"connection/{alices.pk}/change/"):
        shown = operator.get(f"/admin/connections/{page}").content.decode()
        assert "Polished" in shown
        assert "until it shone" in shown


@pytest.fixture
def _with_a_page(settings: Any) -> Iterator[None]:
    """What `@admin.register` does at start-up."""
    admin.site.register(IdempotentWrite, ReadOnlyAdmin)
    urls = ModuleType("urls_with_a_page")
    urls.urlpatterns = [path("admin/", admin.site.urls), path("", include("harvest_bridge.urls"))]  # type: ignore[attr-defined]
    settings.ROOT_URLCONF = urls
    clear_url_caches()
    yield
    admin.site.unregister(IdempotentWrite)
    clear_url_caches()


@pytest.mark.django_db
@pytest.mark.usefixtures("_with_a_page")
@pytest.mark.parametrize(("is_superuser", "status"), [(True, 200), (False, 403)])
def test_an_admin_page_is_one_registered_class(is_superuser: bool, status: int) -> None:
    assert browser(is_superuser=is_superuser).get("/admin/api/idempotentwrite/").status_code == status
