"""Built-in < host app < connection, field by field: a layer holds only what it changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar


class Override(Protocol):
    @property
    def field(self) -> str: ...

    @property
    def is_of_connection(self) -> bool: ...


O_ = TypeVar("O_", bound=Override)


def effective(overrides: Iterable[O_]) -> dict[str, O_]:
    """The override that holds for each field; a field without one is the built-in mapping's."""
    return {override.field: override for override in sorted(overrides, key=lambda each: each.is_of_connection)}
