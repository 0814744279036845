"""Keeps libraries out of memory until they are used: a library takes up to 10 MB in each process."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any


class _LazyModule(ModuleType):
    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self.__name__), name)


def lazy_module(name: str) -> Any:
    """Stands for the module `name`, which is loaded when an attribute is first read."""
    return _LazyModule(name)


@contextmanager
def without(*names: str) -> Iterator[None]:
    """What is imported inside takes these optional libraries for not installed; one that is loaded already stays."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: importing it raises ImportError
    try:
        yield
    finally:
        for name in hidden:
            sys.modules.pop(name, None)


def loaded_class(module: str, name: str) -> tuple[type[Exception], ...]:
    """An exception class, for `except` and `isinstance`; nothing where its module is not loaded and so raises none."""
    found = sys.modules.get(module)
    return (getattr(found, name),) if found is not None else ()
