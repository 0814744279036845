"""Follows one piece of work through our files: which are entered, how often, and how often one is come back to.

An entry is a call whose code lies in another file than the call before it, in whatever thread; coming back is an
entry of a file, or of a package, that was entered before. The pretend Harvest is left out.
"""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from harvest_bridge.env import ROOT

_OURS = (f"{ROOT}/harvest_bridge/", f"{ROOT}/timer_widget/")
_HARVEST = f"{ROOT}/harvest_bridge/sandbox/"


@dataclass
class Walk:
    """Shape: `steps` are calls of our functions in their order, each as its file and its name."""

    steps: list[tuple[str, str]] = field(default_factory=list)

    @property
    def entries(self) -> list[str]:
        """Files in the order in which they are entered."""
        files = [file for file, _ in self.steps]
        return [file for before, file in zip([None, *files], files, strict=False) if file != before]

    @property
    def packages(self) -> list[str]:
        """Packages in the order in which they are entered."""
        packages = [file.rpartition("/")[0] for file, _ in self.steps]
        return [name for before, name in zip([None, *packages], packages, strict=False) if name != before]

    def summary(self) -> dict[str, int]:
        files, packages = self.entries, self.packages
        return {
            "files": len(set(files)),
            "entries": len(files),
            "returns": len(files) - len(set(files)),
            "packages": len(set(packages)),
            "package_entries": len(packages),
            "package_returns": len(packages) - len(set(packages)),
            "calls": len(self.steps),
            "functions_named_send": len({step for step in self.steps if step[1] == "send"}),
        }

    def per_file(self) -> list[tuple[str, int]]:
        """How often each file is entered, the most often first."""
        return Counter(self.entries).most_common()

    def below(self, *folders: str) -> Walk:
        """The part of it that is in these folders."""
        return Walk([step for step in self.steps if step[0].startswith(folders)])


@contextmanager
def walked(*, into: Callable[[Callable[[], Any]], Any] | None = None) -> Iterator[Walk]:
    """Follow what this thread does, and threads that it starts; `into` runs a function in one that runs already."""
    walk, seen = Walk(), {}

    def profile(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and (file := _file(frame.f_code, seen)) and _is_new(frame):
            walk.steps.append((file, frame.f_code.co_name))

    if into is not None:
        into(lambda: sys.setprofile(profile))
    threading.setprofile(profile)
    sys.setprofile(profile)
    try:
        yield walk
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
        if into is not None:
            into(lambda: sys.setprofile(None))


def _file(code: CodeType, seen: dict[CodeType, str]) -> str:
    """Below the top folder; nothing for code that is not ours."""
    if code not in seen:
        name = code.co_filename
        is_ours = name.startswith(_OURS) and not name.startswith(_HARVEST)
        seen[code] = str(Path(name).relative_to(ROOT)) if is_ours else ""
    return seen[code]


def _is_new(frame: FrameType) -> bool:
    """A coroutine or generator that goes on was entered before: only the first RESUME of a function has argument 0."""
    return frame.f_code.co_code[frame.f_lasti + 1] == 0
