"""What is dear to start and shared by many tests, such as a bridge or a browser.

A fixture of pytest's that fails once fails for every later test of its scope, and one that has died since is handed out
all the same. Here only the test that met it fails, and the next one gets another.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from types import TracebackType
from typing import Generic, TypeVar

T = TypeVar("T")


class Shared(Generic[T]):
    """Started by the first test that asks for it, and anew for the next one when it has died; ended with the scope."""

    def __init__(self, start: Callable[[], AbstractContextManager[T]], is_alive: Callable[[T], bool]) -> None:
        self._start = start
        self._is_alive = is_alive
        self._running: list[T] = []
        self._at_the_end = ExitStack()

    def get(self) -> T:
        if self._running and not self._is_alive(self._running[0]):
            self.close()
        if not self._running:
            self._running = [self._at_the_end.enter_context(self._start())]
        return self._running[0]

    def close(self) -> None:
        self._running = []
        self._at_the_end.close()

    def __enter__(self) -> Shared[T]:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
