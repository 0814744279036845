"""Models that the admin's search looks through, by the `search_fields` of their admin class."""

from __future__ import annotations

from django.db.models import Model

_models: dict[type[Model], int] = {}


def register(model: type[Model], *, place: int) -> None:
    """Results of lower `place` come first. Keep the model's search fast: it is asked at every letter typed."""
    _models[model] = place


def models() -> list[type[Model]]:
    return sorted(_models, key=_models.__getitem__)
