"""A Harvest call as a value: what to ask, and how to read the answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Generic, TypeVar
from urllib.parse import unquote

from harvest_bridge.harvest.budgets import Budget

T = TypeVar("T")

_PATH = re.compile(r"(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+)+")


class Host(Enum):
    """The two upstreams there are; their addresses come from the configuration alone."""

    API = "api"
    IDENTITY = "identity"


class Auth(Enum):
    """What a call proves itself with: a person's token, or our own client id and secret."""

    TOKEN = "token"  # noqa: S105
    CLIENT = "client"


@dataclass(frozen=True, slots=True)
class RawBody:
    """A body that goes as it came: a multipart form with a receipt."""

    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Operation(Generic[T]):
    """One call, ready to be sent by `Gateway.perform`, any number of times.

    Shape: `path` is complete and already encoded, without host and query; `query` and `body` leave out what is None.
    `body` goes as JSON, as a form where `auth` is CLIENT, or as it is. `read` gets the JSON answer as
    msgspec decodes it into `decoded_as`, None if it was empty. An answer longer than `most_bytes` is refused.
    Sending one that `is_repeatable` twice does no more than sending it once; a write is repeated only if it never left.
    Errors: ValueError for a path that could mean another host or another resource.
    """

    verb: str
    path: str
    read: Callable[[Any], T]
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] | RawBody | None = field(default=None, repr=False)
    budget: Budget = Budget.GENERAL
    host: Host = Host.API
    auth: Auth = Auth.TOKEN
    decoded_as: Any = Any
    most_bytes: int | None = None
    is_repeatable: bool = field(init=False)

    def __post_init__(self) -> None:
        require_plain_path(self.path)
        object.__setattr__(self, "is_repeatable", self.verb in ("GET", "HEAD"))

    @property
    def fields(self) -> Mapping[str, Any]:
        """The body by its names; none of what goes as it is."""
        return self.body if isinstance(self.body, Mapping) else {}


def require_plain_path(path: str) -> None:
    """Refuse what a server may read as another place: `//host`, `\\`, dot segments, controls, a query or a fragment."""
    segments = [unquote(segment) for segment in path.split("/")]
    if not _PATH.fullmatch(path) or any(segment in (".", "..") for segment in segments):
        raise ValueError(f"not a plain absolute path: {path!r}")
