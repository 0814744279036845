from __future__ import annotations

import logging

import pytest

from harvest_bridge.harvest.timezones import IANA_NAMES, zone_named


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Eastern Time (US & Canada)", "America/New_York"),
        ("International Date Line West", "Pacific/Midway"),
        ("Midway Island", "Pacific/Midway"),
        ("St. Petersburg", "Europe/Moscow"),
        ("Kyiv", "Europe/Kyiv"),
        ("Kiev", "Europe/Kyiv"),
        ("Nuku'alofa", "Pacific/Tongatapu"),
        ("Berlin", "Europe/Berlin"),
        ("Europe/Berlin", "Europe/Berlin"),
    ],
)
def test_a_harvest_name_becomes_its_iana_zone(name: str, zone: str) -> None:
    assert zone_named(name).key == zone


def test_every_name_in_the_table_is_a_zone_of_this_system() -> None:
    assert all(zone_named(name).key == zone for name, zone in IANA_NAMES.items())


@pytest.mark.parametrize("name", ["", "Atlantis", "../../etc/passwd", "America", "/etc/localtime"])
def test_an_unknown_name_is_utc_with_a_warning(name: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert zone_named(name).key == "UTC"
    assert "unknown Harvest time zone" in caplog.text
