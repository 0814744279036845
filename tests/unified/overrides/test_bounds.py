"""No expression takes more than its time, memory and size, and none takes another field or record with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import pytest

from harvest_bridge.unified.overrides import evaluation, failures, worker_process
from harvest_bridge.unified.overrides.application import mapped
from harvest_bridge.unified.overrides.evaluation import evaluate
from harvest_bridge.unified.overrides.failures import Owner
from harvest_bridge.unified.overrides.limits import FIELD_WALL_SECONDS, WORKERS_PER_OWNER
from harvest_bridge.unified.overrides.worker_pool import NoWorkerFree, Pool, pool

from .conftest import OWNER, one, person

ENDLESS = "($f := function($x) { $f($x) }; $f(1))"


def give_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the expression needs beside time is what it runs out of, however busy the machine is."""
    for name, seconds in (("FIELD_CPU_SECONDS", 9), ("FIELD_WALL_SECONDS", 60), ("PAGE_WALL_SECONDS", 120)):
        monkeypatch.setattr(evaluation, name, seconds)


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        (ENDLESS, "mapping_timeout"),
        ("($f := function($x) { 1 + $f($x) }; $f(1))", "mapping_failed"),
        ("$match('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab', /(a+)+c/)", "mapping_timeout"),
        ("$pad('x', 100000000000)", "mapping_out_of_memory"),
        ("$reduce([1..60], function($s, $i) { $s & $s }, 'x')", "mapping_out_of_memory"),
        ("$pad('x', 70000)", "mapping_too_large"),
        ("$pad('x', 100000000)", "mapping_out_of_memory"),
        ("($s := $pad('x', 8000000, '\"'); {'a': [$s, $s]})", "mapping_too_large"),
        ("[1..20].$pad('x', 1000000)", "mapping_too_large"),
        ("($s := $pad('x', 9000000); [1..100].($s & $))", "mapping_out_of_memory"),
        ("[1..5000000]", "mapping_out_of_memory"),
        ("[1..100000000]", "mapping_failed"),
        ("$eval('1 + 1')", "mapping_failed"),
        ("$error('no')", "mapping_failed"),
        ("$uppercase(remote_data.id)", "mapping_failed"),
        ("$number('x')", "mapping_failed"),
        ("1 / 0", "mapping_failed"),
        ("(" * 1900 + "1" + ")" * 1900, "mapping_failed"),
    ],
)
def test_a_field_that_fails_says_how_and_leaves_the_others_alone(
    expression: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if code != "mapping_timeout":  # memory is out first, however slow it is had
        give_time(monkeypatch)
    expressions = {
        "title": expression,
        "custom_fields.x": "remote_data.first_name & '!'",
        "name": "remote_data.telephone",
    }
    (answer,) = mapped(OWNER, "users", expressions, [person()])
    (error,) = answer["mapping_errors"]
    assert (error["field"], error["record_id"], error["code"]) == ("title", "7", code)
    assert (answer["title"], answer["name"], answer["custom_fields"]) == (None, "+49 30 1", {"x": "Zoë!"})


def test_all_fields_of_a_page_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "MAX_PAGE_BYTES", 25_000)
    columns = evaluate(OWNER, {str(n): f"$pad('{n}', 10000)" for n in range(5)}, [{}])
    assert [len(columns[str(n)].values[0] or "") for n in range(5)] == [10_000, 10_000, 0, 0, 0]
    assert {columns[str(n)].failures[0].code for n in (2, 3, 4)} == {"mapping_too_large"}
    assert evaluate(OWNER, {"x": "'fine' & ''"}, [{}])["x"].values == ["fine"]


def test_what_is_not_available_says_so() -> None:
    (answer,) = mapped(OWNER, "users", {"title": "$eval('1 + 1')"}, [person()])
    assert answer["mapping_errors"][0]["message"] == "$eval is not available in mappings"


def test_one_record_that_fails_leaves_the_others_alone() -> None:
    records = [person(id=number, n=value) for number, value in enumerate([1, "x", 3])]
    first, second, third = mapped(OWNER, "users", {"custom_fields.x": "remote_data.n + 1"}, records)
    assert (first["custom_fields"]["x"], third["custom_fields"]["x"]) == (2, 4)
    assert second["custom_fields"]["x"] is None
    assert second["mapping_errors"][0]["record_id"] == "1"
    assert "mapping_errors" not in first


def test_a_child_that_has_grown_is_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one mapping left behind is not for the next one to do without."""
    give_time(monkeypatch)
    grown = "($count([1..16].$pad('x', 9000000)); 'fine')"
    columns = evaluate(OWNER, {"a": grown, "b": "$count([1..15].$pad('x', 9000000))"}, [{}])
    assert [column.failures for column in columns.values()] == [{}, {}]
    assert columns["b"].values == [15]
    one("1 + 1")
    pid = idle_child()
    assert one(grown) == "fine"
    assert not is_running(pid)


def test_values_found_before_the_time_was_up_stay() -> None:
    records = [person(id=number, stuck=number == 1) for number in range(3)]
    expression = f"remote_data.stuck ? {ENDLESS} : 'fine'"
    answers = mapped(OWNER, "users", {"title": expression}, records)
    assert [answer["title"] for answer in answers] == ["fine", None, None]
    assert ["mapping_errors" in answer for answer in answers] == [False, True, True]


def test_a_page_is_bounded_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "PAGE_WALL_SECONDS", 0.2)
    one("1 + 1")  # so that a child is there already
    begun = time.monotonic()
    columns = evaluate(OWNER, {str(number): f"({number}; {ENDLESS})" for number in range(20)}, [{}])
    assert time.monotonic() - begun < 20 * FIELD_WALL_SECONDS / 2  # each on its own would take its whole time
    assert {failure.code for column in columns.values() for failure in column.failures.values()} == {"mapping_timeout"}


def test_one_that_listens_to_nothing_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The child is stopped here as a loop within C would be: no signal handler of its own runs."""
    monkeypatch.setattr(evaluation, "FIELD_WALL_SECONDS", 0.3)
    expressions = {"title": "'a' & 'b'", "custom_fields.x": "'c' & 'd'"}
    mapped(OWNER, "users", expressions, [person()])
    pid = idle_child()
    os.kill(pid, signal.SIGSTOP)
    (answer,) = mapped(OWNER, "users", expressions, [person()])
    assert (answer["title"], answer["mapping_errors"][0]["code"]) == (None, "mapping_timeout")
    assert answer["custom_fields"] == {"x": "cd"}
    assert not is_running(pid)


def test_a_child_killed_in_the_middle_costs_nobody_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    give_time(monkeypatch)
    one("1 + 1")
    records = [person(id=number, roles=[str(each) for each in range(40)]) for number in range(500)]
    expression = "$string($sum([1..20000])) & remote_data.roles[0]"
    pid = idle_child()
    killer = threading.Timer(0.05, os.kill, (pid, signal.SIGKILL))
    killer.start()
    answers = mapped(OWNER, "users", {"title": expression}, records)
    killer.join()
    assert not is_running(pid)
    assert [answer.get("mapping_errors") for answer in answers] == [None] * 500


def test_an_expression_that_is_new_does_not_fail_for_a_child_that_died_while_idle() -> None:
    one("1 + 1")
    os.kill(idle_child(), signal.SIGKILL)
    assert one(f"'new at {time.time_ns()}' & ''").startswith("new at")


def test_what_kills_its_child_every_time_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    class Deadly(worker_process.Worker):
        def ask(self, message: Any, *, seconds: float) -> None:
            is_deadly = message.get("expressions", [""])[0] == "'deadly' & ''"
            if is_deadly:
                os.kill(self.pid, signal.SIGSTOP)  # so that it cannot answer first
            super().ask(message, seconds=seconds)
            if is_deadly:
                os.kill(self.pid, signal.SIGKILL)

    pool().end()
    monkeypatch.setattr("harvest_bridge.unified.overrides.worker_pool.Worker", Deadly)
    columns = evaluate(OWNER, {"a": "'deadly' & ''", "b": "'fine' & ''"}, [{}])
    pool().end()
    assert columns["a"].failures == {0: failures.CRASHED}
    assert columns["b"].values == ["fine"]


def test_what_had_to_be_stopped_is_left_alone_for_a_while() -> None:
    assert one(ENDLESS) == "mapping_timeout"
    (answer,) = mapped(OWNER, "users", {"title": ENDLESS}, [person()])
    assert "tried again" in answer["mapping_errors"][0]["message"]
    assert one("1 + 1") == 2


def test_no_owner_can_hold_every_child() -> None:
    children = Pool()
    greedy = [children.worker("greedy", max_wait=0) for _ in range(WORKERS_PER_OWNER)]
    for each in greedy:
        each.__enter__()
    with pytest.raises(NoWorkerFree), children.worker("greedy", max_wait=0):
        pass
    with children.worker("modest", max_wait=0) as worker:
        worker.ask({"compile": "1"}, seconds=FIELD_WALL_SECONDS)
        assert worker.answer(seconds=FIELD_WALL_SECONDS)["failure"] is None
    for each in greedy:
        each.__exit__(None, None, None)
    children.end()


def test_when_all_are_busy_the_page_comes_without_the_field(monkeypatch: pytest.MonkeyPatch) -> None:
    one("1 + 1")
    monkeypatch.setattr(evaluation, "PAGE_WALL_SECONDS", 0.05)
    with pool().worker(OWNER.host_app, max_wait=1), pool().worker(OWNER.host_app, max_wait=1):
        columns = evaluate(OWNER, {"a": "1 + 1"}, [{}])
    assert columns["a"].failures == {0: failures.BUSY}
    assert evaluate(Owner("other"), {"a": "1 + 1"}, [{}])["a"].values == [2]


def test_a_child_can_open_nothing_and_knows_no_secret() -> None:
    one("1 + 1")
    pid = idle_child()
    with open(f"/proc/{pid}/environ", "rb") as environment:
        assert environment.read() == b"MIMALLOC_ARENA_RESERVE=32768\0"
    with open(f"/proc/{pid}/limits") as limits:
        text = " ".join(limits.read().split())
    assert "Max open files 0 0" in text
    assert "Max processes 0 0" in text


def test_children_end_with_their_parent() -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from harvest_bridge.unified.overrides.worker_process import Worker\n"
        "w = Worker(); w.ask({'compile': '1'}, seconds=9); w.answer(seconds=9)\n"
        "import os; print(w.pid, flush=True); os._exit(0)"
    )
    child = subprocess.run(
        [sys.executable, "-c", code, worker_process._ROOT], capture_output=True, text=True, check=True
    )
    deadline = time.monotonic() + 60
    while is_running(int(child.stdout)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_running(int(child.stdout))


def idle_child() -> int:
    return pool()._idle[-1].pid


def is_running(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
