"""The hash chain of an account's statements: appends to it, and finds statements that were altered since.

Each statement's SHA-256 covers the hash of the statement before it (`canonical`), and the book keeps the last one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .canonical import digest_of, statement_form
from .models import Book, Line, LineKind, Statement


def append(book: Book, statement: Statement, lines: Iterable[Line]) -> None:
    """Hash the statement and make it the end of the chain. The caller saves both."""
    statement.sha256 = book.last_sha256 = digest_of(statement_form(statement, statement.period, lines))


def faults_of(book: Book) -> Iterator[str]:
    """A sentence for each altered, inserted or removed row; none where all is as it was closed."""
    previous, sequence = "", 0
    rows = Statement.objects.filter(connection=book.connection_id).select_related("period", "connection")
    for statement in rows.order_by("sequence").iterator(chunk_size=200):
        sequence += 1
        yield from _faults(statement, sequence, previous)
        previous, sequence = statement.sha256, statement.sequence
    if (sequence, previous) != (book.last_sequence, book.last_sha256):
        yield f"the chain ends at no. {sequence}, and was closed up to no. {book.last_sequence}: its end was altered"


def _faults(statement: Statement, sequence: int, previous: str) -> Iterator[str]:
    named = f"no. {statement.sequence} ({statement.person_name}, {statement.period})"
    if statement.sequence != sequence:
        yield f"{named}: no. {sequence} is missing before it: altered"
    if statement.previous_sha256 != previous:
        yield f"{named}: names another statement before it than there is: altered"
    lines = list(Line.objects.filter(statement=statement).order_by("number"))
    if len(lines) != statement.line_count:
        yield f"{named}: has {len(lines)} lines, and was closed with {statement.line_count}: altered"
    if digest_of(statement_form(statement, statement.period, lines)) != statement.sha256:
        yield f"{named}: its SHA-256 does not fit what it says: altered"
    yield from _sums(statement, lines, named)


def _sums(statement: Statement, lines: list[Line], named: str) -> Iterator[str]:
    """Hours beside the digest, which holds them as well."""
    hours = sum(line.hours_micros or 0 for line in lines if line.kind == LineKind.TIME)
    if hours != statement.hours_micros:
        yield f"{named}: its hours are not those of its lines: altered"
