"""Names of clients, projects and tasks in a form that can be compared, and how near two of them are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harvest_bridge.lazy_modules import lazy_module

if TYPE_CHECKING:
    from rapidfuzz import fuzz, process
else:
    fuzz, process = lazy_module("rapidfuzz.fuzz"), lazy_module("rapidfuzz.process")


NEAR = 86.0  # of 100
_MOST_CANDIDATES = 5
_NOT_WORDS = re.compile(r"[^\w&+#]+")
_NUMBERS = re.compile(r"\d+")
# What companies are called besides their names.
_LEGAL_FORMS = frozenset(
    [
        "inc",
        "incorporated",
        "llc",
        "ltd",
        "limited",
        "corp",
        "corporation",
        "co",
        "company",
        "plc",
        "gmbh",
        "mbh",
        "ag",
        "kg",
        "ohg",
        "ug",
        "se",
        "sa",
        "sas",
        "sarl",
        "srl",
        "spa",
        "bv",
        "nv",
        "oy",
        "oyj",
        "ab",
        "as",
        "aps",
        "a/s",
        "pty",
        "pte",
        "kk",
    ]
)


@dataclass(frozen=True)
class Candidate:
    """A record that may be meant. Units: `score` from 0 to 1."""

    id: int
    name: str
    score: float
    is_active: bool

    def serialize(self) -> dict[str, Any]:
        return {"id": self.id, "name": self.name, "score": self.score, "is_active": self.is_active}


def normal(name: str) -> str:
    """Equal for names that people take for the same: case, width, punctuation and spaces aside. Marks are kept."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(_NOT_WORDS.sub(" ", plain).split()) or " ".join(plain.split())


def _loose(name: str) -> str:
    """Without marks and legal forms, for nearness alone."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", normal(name)) if not unicodedata.combining(c))
    words = [word for word in bare.split() if word not in _LEGAL_FORMS]
    return " ".join(words) or bare


def exact(name: str, records: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of the same normalised name."""
    wanted = normal(name)
    return [record for record in records if normal(str(record.get("name") or "")) == wanted]


def near(name: str, records: Iterable[Mapping[str, Any]]) -> list[Candidate]:
    """Those whose names are close and not equal, best first. Phase 1 and Phase 2 are not close: other numbers."""
    rows, loose, plain = list(records), _loose(name), normal(name)
    names = [_loose(str(row.get("name") or "")) for row in rows]
    found = process.extract(loose, names, scorer=fuzz.token_sort_ratio, score_cutoff=NEAR, limit=_MOST_CANDIDATES * 4)
    close = [
        (rows[place], score)
        for text, score, place in found
        if normal(str(rows[place].get("name") or "")) != plain and _numbers(text) == _numbers(loose)
    ]
    return [candidate(row, score / 100) for row, score in close][:_MOST_CANDIDATES]


def _numbers(name: str) -> list[str]:
    return sorted(_NUMBERS.findall(name))


def candidate(record: Mapping[str, Any], score: float = 1.0) -> Candidate:
    return Candidate(
        int(record["id"]), str(record.get("name") or ""), round(score, 2), bool(record.get("is_active", True))
    )
