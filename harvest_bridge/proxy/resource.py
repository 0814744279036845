"""The columns of the table of Harvest's collections."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from harvest_bridge.api.query_kinds import Kind
from harvest_bridge.harvest.budgets import Budget


class Verb(Enum):
    """What can be done; the last two are for what has no id of its own."""

    LIST = "list"
    GET = "get"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    READ_ALL = "read"
    UPDATE_ALL = "update the whole"


@dataclass(frozen=True)
class Method:
    """What a resource can do besides. `verb` is Harvest's own; with an id it works on one record."""

    verb: str
    has_id: bool = True
    parameters: Mapping[str, Kind] = field(default_factory=dict)


@dataclass(frozen=True)
class Resource:
    """One collection.

    Shape: `path` may hold the parent as `{user_id}`, which is then a parameter; `alone` stands in where it is not
    given. `key` names the array in Harvest's list.
    """

    name: str
    path: str
    verbs: frozenset[Verb]
    filters: Mapping[str, Kind] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    methods: Mapping[str, Method] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    budget: Budget = Budget.GENERAL
    takes_me: bool = False
    alone: Resource | None = None
    key: str = ""

    @property
    def parent(self) -> str | None:
        """The name of the parameter that the path needs."""
        found = re.search(r"{(\w+)}", self.path)
        return found[1] if found else None

    @property
    def list_key(self) -> str:
        return self.key or self.name
