"""A text that a stranger writes costs work in proportion to its length, whatever is in it (no pattern backtracks)."""

from __future__ import annotations

import ast
import importlib
import re
import time
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from harvest_bridge import request_context
from harvest_bridge.api.maximum_wait import maximum_wait
from harvest_bridge.api.query_lists import parsed_query
from harvest_bridge.api.request_log.path_templates import template_of
from harvest_bridge.crypto.redaction import redact
from harvest_bridge.env import ROOT
from harvest_bridge.proxy import paths, resource_names
from harvest_bridge.trace_context import TraceContext

SHORT, TIMES = 2_000, 8
LONG = SHORT * TIMES
# A square would cost 64 times as much; twice the linear price is left to the machine.
MOST_TIMES = 16
# Too little to be told from noise. A square of 16,000 steps costs many times this.
NOTHING_SECONDS = 0.003
METHODS = ("search", "match", "fullmatch", "sub", "findall", "finditer", "split")
UNITS = (
    "a",
    "1",
    " ",
    "/",
    "eyJ",
    "eyJ-",
    "1.at.",
    "hb_live_",
    "hb_",
    "bearer ",
    "link_token=",
    "&code=",
    "a.",
    "[",
    "]",
    "[a]",
    ";",
    ",",
    ", ",
    ",wait=",
    "wait ",
    "%",
    "%41",
    "/a",
    "/proxy/",
    "/.",
    "..;",
    '"',
    '\\"',
    '"http://',
    '{"links":{',
    "{",
    "<",
    "<a",
    "=",
    "a=,",
    "a@a",
    "0-",
    "\\",
    "\u00e9",
    ":aaaaaa:",
    "\t",
    "\n",
    "-",
    "_",
    "a:",
    ".a",
)
TAILS = ("", "\n!", "\x00]")


def seconds(act: Callable[[str], object], text: str) -> float:
    """In processor time of this thread; the least of three where it took any."""
    taken: list[float] = []
    while len(taken) < 3:
        before = time.thread_time()
        act(text)
        taken.append(time.thread_time() - before)
        if taken[0] < NOTHING_SECONDS:
            break
    return min(taken)


def slow_texts(act: Callable[[str], object]) -> list[str]:
    """The units whose repetition costs more than their length."""
    found = []
    for unit, tail in product(UNITS, TAILS):
        long = (unit * (LONG // len(unit))) + tail
        taken = seconds(act, long)
        if taken > NOTHING_SECONDS and taken > MOST_TIMES * seconds(act, long[:SHORT] + tail):
            found.append(unit + tail)
    return found


def patterns() -> Iterator[Any]:
    """Every pattern of ours that has a name in its module, with each method that is called on it there."""
    for path in sorted([*(ROOT / "harvest_bridge").rglob("*.py"), *(ROOT / "timer_widget").rglob("*.py")]):
        if "node_modules" in path.parts or "re.compile(" not in (source := path.read_text()):
            continue
        module = importlib.import_module(module_of(path))
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern) and f"{name} = re.compile(" in source:
                used = [method for method in METHODS if re.search(rf"\b{name}\.{method}\b", source)]
                yield from (
                    pytest.param(value, method, id=f"{module_of(path)}.{name}.{method}")
                    for method in used or METHODS[:1]
                )


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


@pytest.mark.parametrize(("pattern", "method"), list(patterns()))
def test_no_pattern_of_ours_costs_more_than_the_length_of_a_text(pattern: re.Pattern[Any], method: str) -> None:
    is_bytes = isinstance(pattern.pattern, bytes)

    def act(text: str) -> object:
        given: Any = text.encode() if is_bytes else text
        if method == "sub":
            return pattern.sub(b"" if is_bytes else "", given)
        found = getattr(pattern, method)(given)
        return list(found) if method == "finditer" else found

    assert slow_texts(act) == []


def unfailing(act: Callable[[str], object]) -> Callable[[str], None]:
    def acting(text: str) -> None:
        try:
            act(text)
        except Exception:  # noqa: BLE001 (a refusal is an answer too)
            return

    return acting


@pytest.mark.parametrize(
    "act",
    [
        redact,
        lambda text: redact(text, most=len(text)),
        lambda text: maximum_wait(text, text, now=0.0),
        lambda text: TraceContext.read([text], [text]),
        lambda text: TraceContext.read([f"00-{'1' * 32}-{'1' * 16}-00"], [text]),
        lambda text: request_context.request_id_from([text]),
        lambda text: template_of(f"/v2/{text}".encode()),
        lambda text: template_of(f"/proxy/{text}".encode()),
        lambda text: paths.route_of(f"/v2/{text}".encode()),
        lambda text: paths.query_of(text.encode()),
        lambda text: parsed_query(text),
        resource_names.resource_named,
    ],
    ids=["redact", "redact-all", "max_wait", "traceparent", "tracestate", "request-id", "template-v2", "template-proxy",
         "place", "query", "parsed-query", "resource-name"],
)  # fmt: skip
def test_reading_what_a_caller_wrote_costs_in_proportion_to_its_length(act: Callable[[str], object]) -> None:
    assert slow_texts(unfailing(act)) == []


@pytest.mark.parametrize("name", ["a[]", "a[b][]", "a", "a[0]"])
def test_a_list_in_a_query_costs_in_proportion_to_its_length(name: str) -> None:
    """As long as queries may be, and 1/8 of it."""
    few, many = ("&".join([f"{name}={number}" for number in range(count)]) for count in (125, 1_000))
    assert seconds(parsed_query, many) <= MOST_TIMES * seconds(parsed_query, few)


def test_a_pattern_that_backtracks_would_be_found() -> None:
    """The one that stopped a process for eleven seconds (issue 12)."""
    quadratic = re.compile(r"eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]{5,}")
    assert "eyJ" in slow_texts(quadratic.search)


def test_patterns_have_names_so_that_they_are_timed_here() -> None:
    """Used in place, a pattern is not seen above. These are made of our own words."""
    inline = {
        module_of(path)
        for path in [*(ROOT / "harvest_bridge").rglob("*.py"), *(ROOT / "timer_widget").rglob("*.py")]
        if "node_modules" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and node.func.attr in METHODS
    }
    known = {
        "harvest_bridge.connections.harvest_permissions",
        "harvest_bridge.harvest.records",
        "harvest_bridge.harvest.same_clock",
        "harvest_bridge.proxy.openapi_answers",
        "harvest_bridge.proxy.resource",
        "timer_widget.frames.assets",
    }
    assert inline == known
