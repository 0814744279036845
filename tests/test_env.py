"""Settings are typed, and a wrong one says so."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from harvest_bridge.env import listed, read_env


def test_an_empty_environment_has_harvests_own_hosts_and_limits() -> None:
    env = read_env({})
    assert (env.HARVEST_API_URL, env.HARVEST_ID_URL) == ("https://api.harvestapp.com", "https://id.getharvest.com")
    assert (env.HARVEST_REQUESTS_PER_WINDOW, env.HARVEST_WINDOW_SECONDS) == (100, 15)
    assert (env.HARVEST_REPORT_REQUESTS_PER_WINDOW, env.HARVEST_REPORT_WINDOW_SECONDS) == (100, 900)


@pytest.mark.parametrize(("text", "value"), [("1", True), ("true", True), ("0", False), ("false", False), ("", False)])
def test_a_switch_reads_as_people_write_it(text: str, value: bool) -> None:
    assert read_env({"DEBUG": text}).DEBUG is value


@pytest.mark.parametrize(
    ("name", "value"),
    [("DEBUG", "perhaps"), ("HARVEST_WINDOW_SECONDS", "soon"), ("HARVEST_REQUESTS_PER_WINDOW", "1.5")],
)
def test_a_value_of_the_wrong_kind_is_named(name: str, value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=name):
        read_env({name: value})


def test_lists_are_comma_separated() -> None:
    assert listed(" a, b,,c ") == ["a", "b", "c"]
