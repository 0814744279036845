"""A big account must not be slow (issue 3): counted in this process's CPU time, client and server together."""

from __future__ import annotations

import time

import httpx
import msgspec

from harvest_bridge.sandbox.testing import running_sandbox


def test_two_hundred_thousand_entries_are_sown_in_ten_seconds_and_listed_in_five() -> None:
    begun = time.process_time()
    with running_sandbox(entries=200_000) as harvest, httpx.Client(headers=harvest.headers("alice")) as client:
        sown = time.process_time()
        harvest.switch(requests_per_window=1000)
        url, pages, rows = f"{harvest.url}/v2/time_entries?per_page=2000", 0, 0
        while url:
            page = msgspec.json.decode(client.get(url).content)
            url, pages, rows = page["links"]["next"], pages + 1, rows + len(page["time_entries"])
        listed = time.process_time()
        assert rows == len(harvest.account.time_entries) > 195_000
        assert pages == page["total_pages"] >= 98
    assert sown - begun < 10
    assert listed - sown < 5


def test_a_session_starts_in_half_a_second() -> None:
    begun = time.process_time()
    with running_sandbox() as harvest:
        harvest.reset()
        assert harvest.get("/v2/users/me").status_code == 200
    assert time.process_time() - begun < 0.5
