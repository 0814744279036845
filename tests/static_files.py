"""The static files are looked for once in a test run, and not by each of its thousands of test clients."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from whitenoise.middleware import WhiteNoiseMiddleware


@pytest.fixture(scope="session", autouse=True)
def static_files_found_once() -> Iterator[None]:
    """A test client loads the middleware anew, which walks through every folder: ten milliseconds of each request."""
    found: dict[str, Any] = {}
    look = WhiteNoiseMiddleware.add_files_from_finders

    def take(self: WhiteNoiseMiddleware) -> None:
        before = self.files
        if not found:
            self.files = found
            look(self)
        self.files = before | found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", take)
        yield
