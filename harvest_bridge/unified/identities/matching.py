"""Who is who: a host's people beside Harvest's users. Pure: no database, no network.

An equal e-mail address decides; everything else only suggests, with a score and its reasons.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from harvest_bridge.lazy_modules import lazy_module

from . import emails, names

if TYPE_CHECKING:
    from rapidfuzz import fuzz, process
else:
    fuzz, process = lazy_module("rapidfuzz.fuzz"), lazy_module("rapidfuzz.process")

SUGGESTED_FROM = 70
CLEAR_LEAD = 10
MOST_CANDIDATES = 5
_SIMILAR_FROM = 84
_MOST_OF_A_KEY = 25


class State(StrEnum):
    MATCHED = "matched"
    SUGGESTED = "suggested"
    AMBIGUOUS = "ambiguous"
    UNMATCHED = "unmatched"


class Reason(StrEnum):
    """Why two may be one, weightiest first; `SCORES` says how much each is worth."""

    SAME_EMAIL = "same_email"
    PLUS_ADDRESS = "plus_address"
    SAME_NAME = "same_name"
    COMPANY_DOMAIN = "same_local_part"
    NAME_IN_EMAIL = "name_in_email"
    SIMILAR_NAME = "similar_name"
    INITIALS = "initials"


SCORES = {
    Reason.SAME_EMAIL: 100,
    Reason.PLUS_ADDRESS: 95,
    Reason.SAME_NAME: 90,
    Reason.COMPANY_DOMAIN: 85,
    Reason.NAME_IN_EMAIL: 78,
    Reason.INITIALS: 72,
}
# What a reason says already, as an equal address says that the part before the @ is equal, adds nothing to it.
_SAID_BY: dict[Reason, tuple[Reason, ...]] = {
    Reason.SAME_EMAIL: (),
    Reason.PLUS_ADDRESS: (Reason.SAME_EMAIL,),
    Reason.SAME_NAME: (),
    Reason.COMPANY_DOMAIN: (Reason.SAME_EMAIL, Reason.PLUS_ADDRESS),
    Reason.NAME_IN_EMAIL: (Reason.SAME_EMAIL, Reason.PLUS_ADDRESS, Reason.SAME_NAME, Reason.COMPANY_DOMAIN),
    Reason.SIMILAR_NAME: (Reason.SAME_NAME,),
    Reason.INITIALS: (Reason.SAME_NAME, Reason.SIMILAR_NAME),
}
_A_SECOND_REASON = 4
_ANOTHER_NAME = 20
_ALIKE_FROM = 50
_AT_MOST_SUGGESTED = 99


@dataclass(frozen=True, slots=True)
class Someone:
    """One side or the other: a host's person (`key` is ours) or a Harvest user (`key` is Harvest's id)."""

    key: str
    email: str
    name: str
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Candidate:
    """A Harvest user that a person may be. Units: `score` 0 to 100; 100 is an equal e-mail address and nothing else."""

    key: str
    score: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What came out for one person. `MATCHED` has exactly one candidate."""

    state: State
    candidates: tuple[Candidate, ...] = ()


@dataclass(slots=True)
class Index:
    """Harvest's users by everything that a person can be found by."""

    users: Mapping[str, Someone]
    by: dict[Reason, dict[str, list[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    blocks: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    def of(cls, users: Iterable[Someone]) -> Index:
        index = cls({user.key: user for user in users})
        for key, user in index.users.items():
            spellings = names.spellings_of(user.name)
            for reason, found in dict.fromkeys(_keys(emails.exact(user.email), spellings)):
                index.by[reason][found].append(key)
            for block in _blocks(spellings[0]):
                index.blocks[block][key] = names.sorted_words(spellings[0])
        return index


def findings(
    people: Sequence[Someone],
    users: Iterable[Someone],
    *,
    taken: Mapping[str, str] | None = None,
    rejected: Mapping[str, frozenset[str]] | None = None,
    on_progress: Callable[[int], None] = lambda done: None,
) -> dict[str, Finding]:
    """What is found for each of `people`, by their key.

    Shape: `taken` says which Harvest users have been given to whom, `rejected` whom somebody has said a person is not.
    Memory grows with people plus users, never with their product.
    """
    index, taken, rejected = Index.of(users), taken or {}, rejected or {}
    addresses = Counter(emails.exact(person.email) for person in people)
    found: dict[str, Finding] = {}
    for done, person in enumerate(people, start=1):
        address = emails.exact(person.email)
        candidates = _candidates(person, address, index, rejected.get(person.key, frozenset()))
        found[person.key] = _finding(person, candidates, taken, is_alone=addresses[address] == 1)
        if done % 250 == 0:
            on_progress(done)
    return _without_rivals(found)


def _finding(person: Someone, candidates: list[Candidate], taken: Mapping[str, str], *, is_alone: bool) -> Finding:
    equal = [candidate for candidate in candidates if Reason.SAME_EMAIL in candidate.reasons]
    if equal:
        is_free = taken.get(equal[0].key, person.key) == person.key
        is_clear = len(equal) == 1 and is_alone and is_free
        return Finding(State.MATCHED if is_clear else State.AMBIGUOUS, tuple(equal[:MOST_CANDIDATES]))
    open_ones = [
        one for one in candidates if one.score >= SUGGESTED_FROM and taken.get(one.key, person.key) == person.key
    ]
    if not open_ones:
        return Finding(State.UNMATCHED)
    best, *others = open_ones
    leads = not others or best.score - others[0].score >= CLEAR_LEAD
    return Finding(State.SUGGESTED if leads else State.AMBIGUOUS, tuple(open_ones[:MOST_CANDIDATES]))


def _without_rivals(found: dict[str, Finding]) -> dict[str, Finding]:
    """Users given away by e-mail are suggested to nobody else, and what is suggested to two is clear to neither."""
    given = {finding.candidates[0].key for finding in found.values() if finding.state == State.MATCHED}
    wanted = Counter(f.candidates[0].key for f in found.values() if f.state == State.SUGGESTED)
    settled = {}
    for key, finding in found.items():
        if finding.state in (State.SUGGESTED, State.AMBIGUOUS):
            left = tuple(one for one in finding.candidates if one.key not in given or Reason.SAME_EMAIL in one.reasons)
            state = finding.state if left else State.UNMATCHED
            if left and state == State.SUGGESTED and (wanted[left[0].key] > 1 or left[0] != finding.candidates[0]):
                state = State.AMBIGUOUS
            finding = Finding(state, left)
        settled[key] = finding
    return settled


def _candidates(person: Someone, address: str, index: Index, rejected: frozenset[str]) -> list[Candidate]:
    """Best first; ties in the order of the users' keys, so that the same upload finds the same."""
    spellings = names.spellings_of(person.name)
    words = spellings[0]
    reasons: dict[str, dict[Reason, int]] = defaultdict(dict)
    for reason, wanted in dict.fromkeys(_keys(address, spellings)):
        keys = index.by[reason].get(wanted, ()) if reason in index.by else ()
        # A key that half the company shares tells nobody apart.
        for key in keys if len(keys) <= _MOST_OF_A_KEY else ():
            if _counts(reason, words, names.words_of(index.users[key].name)):
                reasons[key][reason] = SCORES[reason]
    for key, score in _similar(words, index):
        reasons[key].setdefault(Reason.SIMILAR_NAME, score)
    found = [
        _candidate(key, why, is_odd=_differ(words, names.words_of(index.users[key].name)))
        for key, why in reasons.items()
        if key not in rejected
    ]
    return sorted(found, key=lambda one: (-one.score, not index.users[one.key].is_active, one.key))


def _counts(reason: Reason, ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """“J. Smith” may be John Smith; Jane Smith is not, though the initials are equal."""
    return reason != Reason.INITIALS or names.has_initials(ours) or names.has_initials(theirs)


def _candidate(key: str, why: dict[Reason, int], *, is_odd: bool) -> Candidate:
    """`is_odd`: the names say somebody else, which takes away from any likeness of the addresses."""
    kept = [reason for reason in Reason if reason in why and not any(stronger in why for stronger in _SAID_BY[reason])]
    best = max(why[reason] for reason in kept)
    if Reason.SAME_EMAIL not in why:
        is_odd = is_odd and Reason.SAME_NAME not in why
        best += _A_SECOND_REASON * (len(kept) - 1) - (_ANOTHER_NAME if is_odd else 0)
        best = min(_AT_MOST_SUGGESTED, best)
    return Candidate(key, best, tuple(kept))


def _differ(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    return bool(ours and theirs) and fuzz.token_set_ratio(" ".join(ours), " ".join(theirs)) < _ALIKE_FROM


def _similar(words: tuple[str, ...], index: Index) -> Iterator[tuple[str, int]]:
    """Users whose name is nearly this one, looked for only among those that share the beginning of a word."""
    wanted, seen = names.sorted_words(words), set()
    if len(words) < 2:
        return
    for block in _blocks(words):
        near = process.extract(
            wanted, index.blocks.get(block, {}), scorer=fuzz.ratio, score_cutoff=_SIMILAR_FROM, limit=MOST_CANDIDATES
        )
        for theirs, score, key in near:
            if key not in seen and theirs != wanted:
                seen.add(key)
                yield key, round(SCORES[Reason.SAME_NAME] * score / 100)


def _keys(address: str, spellings: Sequence[tuple[str, ...]]) -> Iterator[tuple[Reason, str]]:
    """Under which key somebody stands, or is looked for, by each reason. The same for both sides."""
    if address:
        yield Reason.SAME_EMAIL, address
        yield Reason.PLUS_ADDRESS, emails.without_tag(address)
        local = emails.local_part(address)
        if not emails.is_public(emails.domain_of(address)):
            yield Reason.COMPANY_DOMAIN, local
        for spelt in names.spellings_of(local.replace(".", " ")):
            if len(spelt) > 1:
                yield Reason.NAME_IN_EMAIL, names.sorted_words(spelt)
    for words in spellings:
        yield from _name_keys(words)


def _name_keys(words: tuple[str, ...]) -> Iterator[tuple[Reason, str]]:
    for together in names.unspaced(words):
        yield Reason.SAME_NAME, together
    if len(words) > 1:
        yield Reason.SAME_NAME, names.sorted_words(words)
        yield Reason.NAME_IN_EMAIL, names.sorted_words(words)
        for key in names.initials_keys(words):
            yield Reason.INITIALS, key


def _blocks(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word[:3] for word in words if len(word) > 1)
