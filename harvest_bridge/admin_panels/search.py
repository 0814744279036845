"""What the admin's search looks through: models, by the `search_fields` of their admin class, and look-ups of apps."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Model


@dataclass(frozen=True)
class Found:
    """One result: `about` says what it is, and whose."""

    title: str
    about: str
    link: str


@dataclass(frozen=True)
class Lookup:
    """For what has no page of its own in the admin. Asked for who holds `permission`."""

    permission: str
    find: Callable[[str], Iterable[Found]]


_lookups: list[Lookup] = []
_models: dict[type[Model], int] = {}


def register(model: type[Model], *, place: int) -> None:
    """Results of lower `place` come first. Keep the model's search fast: it is asked at every letter typed."""
    _models[model] = place


def register_lookup(lookup: Lookup) -> None:
    """It is asked at every letter typed: keep it fast, and its results few."""
    _lookups.append(lookup)


def lookups() -> list[Lookup]:
    return list(_lookups)


def models() -> list[type[Model]]:
    return sorted(_models, key=_models.__getitem__)
