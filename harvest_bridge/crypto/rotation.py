"""Sealing everything anew under the newest key, with traffic on, as often as it takes.

A row is rewritten only if it still holds what was read, so a value that changed meanwhile is left alone: whoever
changed it sealed it under the newest key already. A run that was cut off is simply run again: what is done is skipped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from .errors import CannotOpen
from .ring import key_ring

_BATCH = 200


@dataclass(frozen=True)
class SealedField:
    """One column of sealed text. `binding_of` tells what a row's value is bound to."""

    model: type[Model]
    name: str
    binding_of: Callable[[Any], str]

    @property
    def title(self) -> str:
        return f"{self.model._meta.verbose_name}: {self.name}"

    def outdated(self) -> QuerySet[Any]:
        """Rows whose value is sealed under an older key."""
        newest = f"hb1.{key_ring().newest_key_id}."
        return self.model._default_manager.exclude(**{self.name: ""}).exclude(**{f"{self.name}__startswith": newest})


_fields: list[SealedField] = []


def register(model: type[Model], name: str, binding_of: Callable[[Any], str]) -> None:
    """Tell about a column of sealed text; each app does so for its own when it is ready."""
    _fields.append(SealedField(model, name, binding_of))


def sealed_fields() -> list[SealedField]:
    return list(_fields)


def unknown_keys(*, newest_only: bool = False) -> set[str]:
    """Ids of keys that sealed something here and that ENCRYPTION_KEYS lacks, one for each column that has such values.

    `newest_only` looks at one row of each column, which costs the same whatever the table holds.
    """
    known = [f"hb1.{key_id}." for key_id in key_ring().key_ids]
    found = set()
    for field in _fields:
        # A value that is damaged beyond its beginning is no matter of keys.
        rows = field.model._default_manager.filter(**{f"{field.name}__startswith": "hb1."})
        for prefix in [] if newest_only else known:
            rows = rows.exclude(**{f"{field.name}__startswith": prefix})
        sealed = rows.order_by("-pk").values_list(field.name, flat=True).first()
        found |= {sealed.split(".")[1]} if sealed and not sealed.startswith(tuple(known)) else set()
    return found


@dataclass(frozen=True)
class Unopened:
    """A sealed value that the key which sealed it does not open: altered, or moved from another row."""

    field: SealedField
    row_id: object
    why: str


def unopened(key_ids: Iterable[str], *, newest: int) -> Iterator[Unopened]:
    """Of each column and each of these keys the `newest` values are opened; those that do not open."""
    for field in _fields:
        for key_id in key_ids:
            rows = field.model._default_manager.filter(**{f"{field.name}__startswith": f"hb1.{key_id}."})
            for row in rows.order_by("-pk")[:newest]:
                try:
                    key_ring().open(getattr(row, field.name), bound_to=field.binding_of(row))
                except CannotOpen as error:
                    yield Unopened(field, row.pk, error.message)


def rotate(field: SealedField) -> Iterator[int]:
    """Seal every outdated value anew; yields how many have been done so far. Errors: CannotOpen."""
    done = 0
    last = None
    while True:
        rows = field.outdated().order_by("pk")
        batch = list((rows if last is None else rows.filter(pk__gt=last))[:_BATCH])
        if not batch:
            return
        for row in batch:
            done += _reseal(field, row)
        last = batch[-1].pk
        yield done


def _reseal(field: SealedField, row: Any) -> int:
    ring, held = key_ring(), getattr(row, field.name)
    anew = ring.seal(ring.open(held, bound_to=field.binding_of(row)), bound_to=field.binding_of(row))
    unchanged = field.model._default_manager.filter(pk=row.pk, **{field.name: held})
    return unchanged.update(**{field.name: anew})
