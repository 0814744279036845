"""W3C trace context and request ids: what is taken from a caller, and what is not."""

from __future__ import annotations

import re

import pytest

from harvest_bridge.request_context import request_id_from
from harvest_bridge.trace_context import TraceContext

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
GOOD = f"00-{TRACE}-{PARENT}-01"


def test_a_trace_goes_on_with_an_id_of_its_own_for_each_call() -> None:
    trace = TraceContext.read([GOOD], ["rojo=00f067aa0ba902b7", "congo=t61rcWkgMzE"])
    assert trace is not None
    [(_, first), state], [(_, second), _] = trace.onward(), trace.onward()
    assert re.fullmatch(rf"00-{TRACE}-(?!{PARENT})[0-9a-f]{{16}}-01", first)
    assert first != second
    assert state == ("tracestate", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE")


@pytest.mark.parametrize("given", [GOOD, f"01-{TRACE}-{PARENT}-01", f"cc-{TRACE}-{PARENT}-01-what-comes-later"])
def test_this_version_and_later_ones_are_read(given: str) -> None:
    trace = TraceContext.read([given])
    assert trace is not None
    assert trace.onward()[0][1].startswith(f"00-{TRACE}-")


@pytest.mark.parametrize(
    "given",
    [
        [],
        [""],
        [GOOD, GOOD],
        [GOOD.upper()],
        [f"ff-{TRACE}-{PARENT}-01"],
        [f"00-{'0' * 32}-{PARENT}-01"],
        [f"00-{TRACE}-{'0' * 16}-01"],
        [f"{GOOD}-more"],
        [f"01-{TRACE}-{PARENT}-01.more"],
        [f"00-{TRACE[1:]}-{PARENT}-01"],
        [f"00-{TRACE}-{PARENT}-0\n1"],
    ],
)
def test_an_invalid_parent_is_ignored(given: list[str]) -> None:
    assert TraceContext.read(given, ["rojo=1"]) is None


@pytest.mark.parametrize("state", ["Rojo=1", "rojo", "rojo=a=b", "rojo=caf\xe9", ",".join(["a=1"] * 33), "a=1\r\nX: y"])
def test_an_invalid_state_is_left_out_and_the_trace_kept(state: str) -> None:
    trace = TraceContext.read([GOOD], [state])
    assert trace is not None
    assert [name for name, _ in trace.onward()] == ["traceparent"]


@pytest.mark.parametrize("given", ["a", "Root=1-67891233-abcdef012345678912345678", "7f3e+/=:@._-", "x" * 128])
def test_a_well_formed_request_id_is_kept(given: str) -> None:
    assert request_id_from([given]) == given


@pytest.mark.parametrize("given", [[], [""], ["x" * 129], ["a b"], ["a\r\nb"], ["caf\xe9"], ["<script>"], ["a", "b"]])
def test_any_other_gives_way_to_a_new_one(given: list[str]) -> None:
    first, second = request_id_from(given), request_id_from(given)
    assert re.fullmatch(r"[0-9a-f]{32}", first)
    assert first != second
