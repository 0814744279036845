"""A big account must not be slow (issue 3): counted in this process's CPU time, client and server together."""

from __future__ import annotations

import time

import httpx
import msgspec

from harvest_bridge.sandbox.testing import running_sandbox


def sow_and_list(entries: int) -> tuple[float, float]:
    """Seconds of processor time for sowing them, and for listing them all, 2,000 a page."""
    begun = time.process_time()
    with running_sandbox(entries=entries) as harvest, httpx.Client(headers=harvest.headers("alice")) as client:
        sown = time.process_time()
        harvest.switch(requests_per_window=1000)
        url, pages, rows = f"{harvest.url}/v2/time_entries?per_page=2000", 0, 0
        while url:
            page = msgspec.json.decode(client.get(url).content)
            url, pages, rows = page["links"]["next"], pages + 1, rows + len(page["time_entries"])
        assert rows == len(harvest.account.time_entries) > entries * 0.97
        assert pages == page["total_pages"]
        return sown - begun, time.process_time() - sown


def test_ten_times_the_entries_cost_about_ten_times_the_sowing_and_the_listing() -> None:
    """200,000 take two seconds to sow and three to list on one quiet core (docs/sandbox.md)."""
    few, many = sow_and_list(20_000), sow_and_list(200_000)
    assert many[0] < 25 * few[0]
    assert many[1] < 25 * few[1]


def test_a_session_starts_in_half_a_second() -> None:
    begun = time.process_time()
    with running_sandbox() as harvest:
        harvest.reset()
        assert harvest.get("/v2/users/me").status_code == 200
    assert time.process_time() - begun < 0.5
