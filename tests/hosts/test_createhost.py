"""`createhost` prints one JSON object, or says what is wrong and leaves nothing behind."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from harvest_bridge.hosts.models import ApiKey, HostApp, Scope, WidgetKey
from harvest_bridge.hosts.services import NewHostApp

pytestmark = pytest.mark.django_db


def createhost(*origins: str) -> dict[str, str]:
    out = StringIO()
    listed = [word for origin in origins for word in ("--origin", origin)]
    call_command("createhost", "--name", "Ticket board", *listed, stdout=out)
    created: dict[str, str] = json.loads(out.getvalue())
    return created


def test_it_prints_the_four_values_a_host_needs() -> None:
    created = createhost("https://a.example", "https://b.example")
    assert set(created) == {"host_app_id", "api_key", "widget_key_id", "widget_secret"}
    assert created["api_key"].startswith("hb_live_")
    assert sorted(HostApp.objects.get(pk=created["host_app_id"]).origins.values_list("origin", flat=True)) == [
        "https://a.example",
        "https://b.example",
    ]


def test_the_database_keeps_no_secret_readable() -> None:
    created = createhost("https://a.example")
    key, widget_key = ApiKey.objects.get(), WidgetKey.objects.get()
    assert key.prefix == created["api_key"][: len(key.prefix)]
    stored = json.dumps([list(map(str, row.__dict__.values())) for row in (key, widget_key)])
    assert created["api_key"] not in stored
    assert created["widget_secret"] not in stored


def test_an_origin_of_another_host_app_is_refused_by_name(stranger: NewHostApp) -> None:
    with pytest.raises(CommandError, match="already belongs to the host app “Stranger”"):
        createhost("https://new.example", "https://stranger.example")
    assert list(HostApp.objects.values_list("name", flat=True)) == ["Stranger"]


def test_something_that_is_no_origin_is_refused() -> None:
    with pytest.raises(CommandError, match="leave out the path"):
        createhost("https://a.example/app")
    assert not HostApp.objects.exists()


def test_nothing_is_sealed_under_a_key_that_the_running_bridge_lacks(settings: Any) -> None:
    createhost("https://a.example")
    settings.ENCRYPTION_KEYS = ["c29tZSBvdGhlciBrZXkgb2YgMzIgYnl0ZXMuLi4uISE="]
    with pytest.raises(CommandError, match="which ENCRYPTION_KEYS lacks"):
        createhost("https://b.example")
    assert HostApp.objects.count() == 1


def test_a_key_reads_no_public_links_of_invoices_unless_that_is_chosen() -> None:
    createhost("https://a.example")
    key = ApiKey.objects.get()
    assert set(Scope.values) - set(key.scopes) == {Scope.INVOICE_LINKS}
    chosen = ("--scope", "invoices", "--scope", "invoice_links")
    call_command("createhost", "--name", "Portal", "--origin", "https://b.example", *chosen, stdout=StringIO())
    assert ApiKey.objects.exclude(pk=key.pk).get().scopes == ["invoices", "invoice_links"]
