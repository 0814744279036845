"""What a reader of the feed asks for, and which streams that is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.api.inputs import DEFAULT_LIMIT, MAX_LIMIT, refuse_unknown, whole_number
from harvest_bridge.mirror import queries
from harvest_bridge.mirror.models import Mirror, Stream
from harvest_bridge.mirror.resources import BY_NAME

MOST_WAIT_SECONDS = 60


@dataclass(frozen=True)
class FeedQuestion:
    """Shape: `resources` empty: all that are mirrored. `position` is as the caller sent it. Units: `wait` seconds."""

    token: str
    named: str
    position: str
    resources: tuple[str, ...]
    limit: int
    wait: int


def feed_question(
    token: str, parameters: Iterable[tuple[str, str]], *, position: str, takes_wait: bool
) -> FeedQuestion:
    """`position` names the parameter that holds it. Errors: InvalidRequest, naming the parameter."""
    given = only_once(parameters)
    waits = ("wait",) if takes_wait else ()
    refuse_unknown(given, known={position, "resources", "limit", "integrated_account_id", *waits})
    return FeedQuestion(
        token=token,
        named=given.get("integrated_account_id", ""),
        position=given.get(position, ""),
        resources=resources_of(given.get("resources", "")),
        limit=number_of(given, "limit", 1, MAX_LIMIT, DEFAULT_LIMIT),
        wait=number_of(given, "wait", 0, MOST_WAIT_SECONDS, 0),
    )


def only_once(parameters: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Lists of resources are put together. Errors: InvalidRequest for anything else that has two values."""
    given: dict[str, str] = {}
    for written, value in parameters:
        name = written.removesuffix("[]")
        if name == "resources" and name in given:
            given[name] += f",{value}"
        elif given.setdefault(name, value) != value:
            raise InvalidRequest(f"{name[:40]}: is there twice with different values; send one.")
    return given


def number_of(given: Mapping[str, str], name: str, least: int, most: int, usual: int) -> int:
    """Errors: InvalidRequest."""
    text = given.get(name, "")
    if not text:
        return usual
    number = whole_number(text)
    if number is None or not least <= number <= most:
        raise InvalidRequest(f"{name}: must be a whole number from {least} to {most}, not {text[:40]!r}.")
    return number


def resources_of(text: str) -> tuple[str, ...]:
    """Errors: InvalidRequest for one that there is not, naming those that there are."""
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    for name in names:
        if name not in BY_NAME:
            raise InvalidRequest(f"resources: there is no {name[:40]!r}; there are {', '.join(BY_NAME)}.")
    return names


def streams_of(mirror: Mirror, resources: Iterable[str]) -> dict[int, Stream]:
    """By their ids; all, where no resource is named. Errors: NotMirrored."""
    named = [queries.stream_of(mirror, name) for name in resources]
    return {stream.pk: stream for stream in named or queries.streams_of(mirror)}
