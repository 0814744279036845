"""An encryption key can be replaced with traffic on, after a kill too, and the old one removed."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from harvest_bridge.connections import renewal
from harvest_bridge.connections.models import Connection
from harvest_bridge.crypto import rotation
from harvest_bridge.crypto.errors import CannotOpen
from harvest_bridge.crypto.keyring import new_key
from harvest_bridge.hosts.queries import widget_secret
from harvest_bridge.hosts.services import NewHostApp

pytestmark = pytest.mark.django_db


@pytest.fixture
def keys(settings: Any) -> tuple[str, str]:
    """(newer, older); both are set, the newer first."""
    older, newer = settings.ENCRYPTION_KEYS[0], new_key()
    settings.ENCRYPTION_KEYS = [newer, older]
    return newer, older


def rotatekeys() -> str:
    out = StringIO()
    call_command("rotatekeys", stdout=out)
    return out.getvalue()


def test_afterwards_the_old_key_can_go(
    api: APIClient, alices: Connection, board: NewHostApp, keys: tuple[str, str], settings: Any
) -> None:
    assert "older keys can be removed" in rotatekeys()
    settings.ENCRYPTION_KEYS = [keys[0]]
    assert renewal.credentials_now(alices).generation == alices.token_generation
    board.widget_key.refresh_from_db()
    assert widget_secret(board.widget_key) == board.widget_secret
    assert api.post("/integrated-account/refresh-credentials", {"id": str(alices.pk)}, format="json").status_code == 200


def test_before_it_the_old_key_is_needed(alices: Connection, keys: tuple[str, str], settings: Any) -> None:
    settings.ENCRYPTION_KEYS = [keys[0]]
    with pytest.raises(CannotOpen):
        renewal.credentials_now(alices)


def test_a_second_run_has_nothing_to_do(alices: Connection, keys: tuple[str, str]) -> None:
    rotatekeys()
    before = Connection.objects.get().sealed_access_token
    rotatekeys()
    assert Connection.objects.get().sealed_access_token == before


def test_a_run_that_was_cut_off_is_resumed(
    alices: Connection, keys: tuple[str, str], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    reseal, calls = rotation._reseal, []

    def dies_at_the_second(field: Any, row: Any) -> int:
        calls.append(row)
        if len(calls) == 2:
            raise Killed
        return reseal(field, row)

    monkeypatch.setattr(rotation, "_reseal", dies_at_the_second)
    with pytest.raises(Killed):
        rotatekeys()
    monkeypatch.setattr(rotation, "_reseal", reseal)
    assert renewal.credentials_now(alices)
    rotatekeys()
    settings.ENCRYPTION_KEYS = [keys[0]]
    assert renewal.credentials_now(alices)


def test_a_token_renewed_meanwhile_is_left_alone(
    alices: Connection, keys: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The renewal comes between reading and writing; its newer token must stay."""
    seal = rotation.key_ring().seal

    class RingWithTraffic:
        def seal(self, secret: str, *, bound_to: str) -> str:
            if "access token" in bound_to:
                monkeypatch.undo()
                renewal.refresh_now(alices)
            return seal(secret, bound_to=bound_to)

        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

    real = rotation.key_ring()
    monkeypatch.setattr(rotation, "key_ring", RingWithTraffic)
    field = next(f for f in rotation.sealed_fields() if f.name == "sealed_access_token")
    assert list(rotation.rotate(field)) == [0]
    assert renewal.credentials_now(alices).generation == alices.token_generation + 1


def test_a_value_whose_key_is_gone_is_named_without_its_text(alices: Connection, settings: Any) -> None:
    settings.ENCRYPTION_KEYS = [new_key()]
    with pytest.raises(CommandError, match="add it back"):
        rotatekeys()


def test_every_sealed_column_is_registered() -> None:
    from django.apps import apps
    from django.db.models import CharField, TextField

    sealed = {
        (model.__name__, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.name.startswith("sealed_") and isinstance(field, TextField | CharField)
    }
    assert sealed == {(field.model.__name__, field.name) for field in rotation.sealed_fields()}
