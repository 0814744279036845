"""W3C trace context: what a caller's `traceparent` and `tracestate` say, and what follows from them for Harvest."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

_PARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", re.DOTALL)
_MEMBER = re.compile(
    r"(?:[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13}|[a-z][a-z0-9_*/-]{0,255})"
    r"=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]"
)
_MOST_MEMBERS = 32
_KNOWN_FLAGS = 0b11


@dataclass(frozen=True, slots=True)
class TraceContext:
    """A caller's trace, which our calls to Harvest carry on."""

    trace_id: str
    flags: int
    state: str = ""
    parent_id: str = ""

    @property
    def parent(self) -> str:
        """The caller's own `traceparent`, in the version that we write."""
        return f"00-{self.trace_id}-{self.parent_id}-{self.flags:02x}"

    @classmethod
    def read(cls, parents: Sequence[str], states: Sequence[str] = ()) -> TraceContext | None:
        """None for a `traceparent` that is missing, doubled or not valid; a `tracestate` that is not is left out.

        Source: W3C Trace Context, "traceparent Header" and "tracestate Header".
        """
        found = _PARENT.fullmatch(parents[0].strip()) if len(parents) == 1 else None
        if found is None:
            return None
        version, trace_id, parent_id, flags, more = found.groups()
        if version == "ff" or (version == "00" and more) or not int(trace_id, 16) or not int(parent_id, 16):
            return None
        return cls(trace_id, int(flags, 16) & _KNOWN_FLAGS, _state(",".join(states)), parent_id)

    def onward(self) -> list[tuple[str, str]]:
        """The headers of one call: the same trace, and an id of its own for the call."""
        call_id = random.getrandbits(64) or 1
        headers = [("traceparent", f"00-{self.trace_id}-{call_id:016x}-{self.flags:02x}")]
        return [*headers, ("tracestate", self.state)] if self.state else headers


def _state(text: str) -> str:
    members = [member.strip(" \t") for member in text.split(",") if member.strip(" \t")]
    is_valid = len(members) <= _MOST_MEMBERS and all(map(_MEMBER.fullmatch, members))
    return ",".join(members) if is_valid else ""
