"""A big account is not slow: cost grows with its entries, no faster. In processor time, as ratios within one run."""

from __future__ import annotations

import time

import httpx
import msgspec

from harvest_bridge.sandbox.testing import running_sandbox


def test_ten_times_the_entries_cost_little_more_than_ten_times_as_much_to_sow_and_to_list() -> None:
    (small_sown, small_listed), (sown, listed) = costs(6_000), costs(60_000)
    assert sown < 25 * small_sown
    assert listed < 25 * small_listed


def test_a_session_starts_in_less_than_the_time_that_sixty_thousand_entries_take() -> None:
    begun = time.process_time()
    with running_sandbox() as harvest:
        harvest.reset()
        assert harvest.get("/v2/users/me").status_code == 200
    assert time.process_time() - begun < costs(60_000)[0]


def costs(entries: int) -> tuple[float, float]:
    """Seconds to sow an account of so many entries, and to list them all; client and server together."""
    begun = time.process_time()
    with running_sandbox(entries=entries) as harvest, httpx.Client(headers=harvest.headers("alice")) as client:
        sown = time.process_time()
        harvest.switch(requests_per_window=1000)
        url, pages, rows = f"{harvest.url}/v2/time_entries?per_page=2000", 0, 0
        while url:
            page = msgspec.json.decode(client.get(url).content)
            url, pages, rows = page["links"]["next"], pages + 1, rows + len(page["time_entries"])
        listed = time.process_time()
        assert rows == len(harvest.account.time_entries) > 0.97 * entries
        assert pages == page["total_pages"]
    return sown - begun, listed - sown
