"""Remembers between requests who calls and what they may reach, and never longer than it is true.

Before each request the database is asked whether anything changed that the last look-up rested on (`cache_versions`).
A look-up made within the request, in its thread, is kept with the request's `Admission`, and found there by the next.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection as database
from django.utils import timezone
from starlette.types import Scope

from harvest_bridge.crypto.tokens import token_hash

from .cache_versions import MOST_REMEMBERED, AccessUnchecked, CacheVersions, Question, opens

T = TypeVar("T")

# No longer than last uses are told apart: whoever looks up notes the use.
_LONGEST_MEMORY = timedelta(minutes=1)
_CONNECTION = re.compile(rb"(?:^|&)integrated_account_id=([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})(?=&|$)")


@dataclass(frozen=True)
class PresentedToken:
    """What a request shows: the hash of its bearer token, and the connection that its query names."""

    token_hash: str = field(repr=False)
    connection_id: UUID | None = None


@dataclass
class Admission:
    """What was found out for one question, good while its rows are the same. `connections` are those among them."""

    versions: object = field(repr=False)
    connections: frozenset[UUID]
    found: dict[Hashable, tuple[Any, datetime]] = field(default_factory=dict, repr=False)

    def known(self, what: Hashable) -> Any:
        """What was found before and still holds, or None."""
        known = self.found.get(what)
        return known[0] if known is not None and timezone.now() < known[1] else None

    def keep(self, what: Hashable, value: T, until: Callable[[T], datetime | None]) -> T:
        longest, end = timezone.now() + _LONGEST_MEMORY, until(value)
        self.found[what] = (value, longest if end is None else min(longest, end))
        return value


AsQuestion = Callable[[PresentedToken], Question]
_questions: dict[str, AsQuestion] = {}
_current: ContextVar[Admission | None] = ContextVar("the admission of the request under way", default=None)


def watch(prefix: str, question: AsQuestion) -> None:
    """Remember what is found for tokens that begin with `prefix`, as long as the rows of `question` do not change."""
    _questions[prefix] = question


def remembered(what: Hashable, find: Callable[[], T], *, until: Callable[[T], datetime | None] = lambda _: None) -> T:
    """What `find` gives, or gave to an earlier request like this one; it must rest on the rows of the question.

    Shape: `until` tells when it ends by itself. Threads share what is remembered, so nobody may change it.
    """
    admission = _current.get()
    if admission is None or database.in_atomic_block:
        return find()
    known = admission.known(what)
    return known if known is not None else admission.keep(what, find(), until)


def remembered_of_connection(
    connection_id: UUID, what: str, find: Callable[[], T], *, until: Callable[[T], datetime | None] = lambda _: None
) -> T:
    """The same for what rests on a connection's row; found anew where the question is about another connection."""
    admission = _current.get()
    if admission is None or connection_id not in admission.connections:
        return find()
    return remembered((what, connection_id), find, until=until)


def forget() -> None:
    """Something was changed within this request: from here on it finds everything anew, on the event loop as well."""
    if (admission := _current.get()) is not None:
        admission.found.clear()


class Admissions:
    """One per process, on its event loop."""

    def __init__(self, versions: CacheVersions) -> None:
        self._versions = versions
        self._known: dict[Question, Admission] = {}

    async def of(self, question: Question) -> Admission | None:
        """None where the token opens nothing, or where this cannot be told. Errors: AccessUnchecked."""
        rows = await self._versions.of(question)
        if rows is None or not opens(rows):
            self._known.pop(question, None)
            return None
        known = self._known.get(question)
        if known is not None and known.versions == rows:
            return known
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        connections = frozenset(UUID(str(row[1])) for row in rows if row[1] is not None)
        known = self._known[question] = Admission(rows, connections)
        return known

    async def admit(self, scope: Scope) -> None:
        """From now on, in this task and what it starts, `remembered` remembers for the caller of this request."""
        question = _question_of(scope)
        try:
            _current.set(None if question is None else await self.of(question))
        except AccessUnchecked:  # the thread that answers meets the outage itself, and says so
            _current.set(None)


def _question_of(scope: Scope) -> Question | None:
    header = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
    kind, _, token = header.decode("latin-1").partition(" ")
    if kind.lower() != "bearer":
        return None
    token = token.strip()
    for prefix, question in _questions.items():
        if token.startswith(prefix):
            return question(PresentedToken(token_hash(token), _connection_in(scope["query_string"])))
    return None


def _connection_in(query: bytes) -> UUID | None:
    """The last one named. One that is written in another way is looked up anew for each request."""
    found = _CONNECTION.findall(query)
    return UUID(found[-1].decode()) if found else None
