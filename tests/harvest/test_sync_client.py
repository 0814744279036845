"""The client for synchronous callers, each with real threads, loops and processes."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from harvest_bridge.harvest import sync_client as the_process_own
from harvest_bridge.harvest.callers_thread import in_callers_thread
from harvest_bridge.harvest.config import HarvestConfig
from harvest_bridge.harvest.credentials import Credentials, StaticTokenSource
from harvest_bridge.harvest.errors import HarvestTimeout, RefreshInProgress
from harvest_bridge.harvest.operations import Operation, get_me
from harvest_bridge.harvest.sync_client import SyncClient
from tests.harvest.raw_server import RawServer, Received, answers, raw_server, reply

ADA = StaticTokenSource("token-of-ada", "42", budget_key="ada")


@pytest.fixture
def upstream() -> Iterator[RawServer]:
    """Harvest in a thread of its own, as the test's thread is busy waiting."""
    loop, server = asyncio.new_event_loop(), raw_server(answers(reply(body={"id": 7})))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result()
    asyncio.run_coroutine_threadsafe(server.__aexit__(None, None, None), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def client(upstream: RawServer, config_for: Callable[..., HarvestConfig]) -> Iterator[SyncClient]:
    the_process_own.close()  # other tests may have used it, and threads are counted here
    client = SyncClient()
    client.configure(config_for(upstream.url))
    yield client
    client.close()


def io_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "harvest-io"]


def test_nothing_runs_before_the_first_call_and_nothing_after_closing(client: SyncClient) -> None:
    assert io_threads() == []
    assert client.wait_for(get_me(), source=ADA).id == 7
    assert len(io_threads()) == 1
    client.close()
    assert io_threads() == []
    assert client.wait_for(get_me(), source=ADA).id == 7


def test_a_client_that_nobody_configured_says_so() -> None:
    with pytest.raises(RuntimeError, match="configure"):
        SyncClient().wait_for(get_me(), source=ADA)


def test_many_threads_share_one_loop_and_its_connections(client: SyncClient, upstream: RawServer) -> None:
    with ThreadPoolExecutor(8) as threads:
        people = list(threads.map(lambda _: client.wait_for(get_me(), source=ADA), range(24)))
    assert {person.id for person in people} == {7}
    assert len(io_threads()) == 1
    assert upstream.connections <= 8


async def test_calls_run_on_an_adopted_loop_until_it_is_released(client: SyncClient) -> None:
    client.adopt(asyncio.get_running_loop())
    assert (await asyncio.to_thread(client.wait_for, get_me(), source=ADA)).id == 7
    assert (await client.gateway().perform(get_me(), source=ADA)).id == 7
    assert io_threads() == []
    await client.release()
    assert (await asyncio.to_thread(client.wait_for, get_me(), source=ADA)).id == 7
    assert len(io_threads()) == 1


async def test_the_loops_own_thread_is_turned_away_rather_than_locked_up(client: SyncClient) -> None:
    client.adopt(asyncio.get_running_loop())
    with pytest.raises(RuntimeError, match="its own thread"):
        client.wait_for(get_me(), source=ADA)
    await client.release()


async def test_the_gateway_is_for_the_io_loop_alone(client: SyncClient) -> None:
    await asyncio.to_thread(client.wait_for, get_me(), source=ADA)
    with pytest.raises(RuntimeError, match=r"client\.wait_for"):
        client.gateway()


def test_another_configuration_takes_effect_with_the_next_call(
    client: SyncClient, upstream: RawServer, config_for: Callable[..., HarvestConfig]
) -> None:
    client.wait_for(get_me(), source=ADA)
    client.configure(config_for(upstream.url, user_agent="Another (x@example.com)"))
    client.wait_for(get_me(), source=ADA)
    assert upstream.requests[-1].headers["user-agent"] == "Another (x@example.com)"


def test_an_answer_is_let_go_of_with_its_last_reader(client: SyncClient) -> None:
    """Not when the timers of its call would have come due, half a minute later, nor when the collector runs."""

    class Record:
        pass

    gc.disable()
    try:
        record = client.wait_for(Operation("GET", "/v2/users/me", lambda answer: Record()), source=ADA)
        reference = weakref.ref(record)
        del record
        assert reference() is None
    finally:
        gc.enable()


def test_the_timeout_holds(client: SyncClient, upstream: RawServer) -> None:
    late: list[str] = []

    async def silence(request: Received, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(20)
        late.append("answered")

    upstream.script = silence
    with pytest.raises(HarvestTimeout):
        client.wait_for(get_me(), source=ADA, timeout=0.2)
    assert not late


def test_a_forked_child_opens_a_client_of_its_own(client: SyncClient, upstream: RawServer) -> None:
    client.wait_for(get_me(), source=ADA)
    context = multiprocessing.get_context("fork")
    answered = context.SimpleQueue()
    child = context.Process(target=lambda: answered.put(client.wait_for(get_me(), source=ADA).id))
    child.start()
    assert answered.get() == 7
    child.join()
    assert (child.exitcode, upstream.connections) == (0, 2)
    assert client.wait_for(get_me(), source=ADA).id == 7
    assert upstream.connections == 2


INTERRUPTED = """
    import pathlib, signal, sys
    from harvest_bridge.harvest import sync_client as client
    from harvest_bridge.harvest.config import HarvestConfig
    from harvest_bridge.harvest.credentials import StaticTokenSource
    from harvest_bridge.harvest.operations import Operation, get_me
    url, path = sys.argv[1:]
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
    client.configure(HarvestConfig(user_agent="x", api_url=url, id_url=url, pacing_path=pathlib.Path(path)))
    try:
        client.wait_for(get_me(), source=StaticTokenSource("t"), timeout=60)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
    sys.stdin.read()
"""


def test_ctrl_c_ends_the_call_and_the_process(upstream: RawServer, config_for: Callable[..., HarvestConfig]) -> None:
    hung_up = threading.Event()

    async def wait_for_hang_up(request: Received, writer: asyncio.StreamWriter) -> None:
        os.kill(child.pid, signal.SIGINT)
        await request.connection.read()
        hung_up.set()

    upstream.script = wait_for_hang_up
    words = [sys.executable, "-W", "error", "-c", textwrap.dedent(INTERRUPTED), upstream.url]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    child = subprocess.Popen([*words, str(config_for(upstream.url).pacing_path)], **pipes, text=True)  # type: ignore[call-overload]
    assert hung_up.wait(120)
    output, complaints = child.communicate(timeout=120)
    assert (output, complaints, child.returncode) == ("interrupted\n", "", 0)


# --- Work in the caller's thread


class ThreadBoundSource:
    """Runs `look_up` and `renewal` in the caller's thread, as a source over the ORM does."""

    budget_key = "thread-bound"
    at_hand = None

    def __init__(self, look_up: Callable[[], str], renewal: Callable[[], str] = lambda: "renewed") -> None:
        self._look_up = look_up
        self._renewal = renewal

    async def credentials(self) -> Credentials:
        return Credentials(await in_callers_thread(self._look_up), "42", 0)

    async def renew(self, rejected: Credentials, *, about: str) -> Credentials:
        return Credentials(await in_callers_thread(self._renewal), "42", rejected.generation + 1)


def test_a_token_is_looked_up_in_the_thread_that_waits(client: SyncClient) -> None:
    looked_up_in: list[threading.Thread] = []

    def look_up() -> str:
        looked_up_in.append(threading.current_thread())
        return "token"

    assert client.wait_for(get_me(), source=ThreadBoundSource(look_up)).id == 7
    assert looked_up_in == [threading.current_thread()]


async def test_without_such_a_thread_it_is_looked_up_off_the_loop(client: SyncClient) -> None:
    looked_up_in: list[threading.Thread] = []

    def look_up() -> str:
        looked_up_in.append(threading.current_thread())
        return "token"

    client.adopt(asyncio.get_running_loop())
    await client.gateway().perform(get_me(), source=ThreadBoundSource(look_up))
    await client.release()
    assert looked_up_in != [threading.current_thread()]


def test_an_error_of_the_look_up_reaches_the_caller(client: SyncClient) -> None:
    def look_up() -> str:
        raise LookupError("no such connection")

    with pytest.raises(LookupError, match="no such connection"):
        client.wait_for(get_me(), source=ThreadBoundSource(look_up))


def test_a_look_up_may_itself_call_harvest(client: SyncClient) -> None:
    def look_up() -> str:
        return f"token-{client.wait_for(get_me(), source=ADA).id}"

    assert client.wait_for(get_me(), source=ThreadBoundSource(look_up)).id == 7


def test_a_renewal_that_began_is_finished_though_the_time_is_up(client: SyncClient, upstream: RawServer) -> None:
    upstream.script = answers(reply(401))
    stored: list[str] = []

    def renewal() -> str:
        time.sleep(1.5)
        stored.append("renewed")
        return "renewed"

    with pytest.raises(RefreshInProgress):
        client.wait_for(get_me(), source=ThreadBoundSource(lambda: "token", renewal), timeout=1)
    assert stored == ["renewed"]


def test_an_interrupted_look_up_interrupts_the_caller_and_not_the_loop(client: SyncClient) -> None:
    def look_up() -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        client.wait_for(get_me(), source=ThreadBoundSource(look_up))
    assert client.wait_for(get_me(), source=ADA).id == 7
    closing = threading.Thread(target=client.close, daemon=True)
    closing.start()
    closing.join(60)
    assert not closing.is_alive()
