from __future__ import annotations

import logging
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

import pytest

from harvest_bridge.harvest.timezones import IANA_NAMES, harvest_name_of, zone_named


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


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Asia/Calcutta", "Chennai"),
        ("Asia/Kolkata", "Chennai"),
        ("Europe/Kiev", "Kyiv"),
        ("US/Pacific", "Pacific Time (US & Canada)"),
        ("Asia/Katmandu", "Kathmandu"),
        ("America/Buenos_Aires", "Buenos Aires"),
        ("America/Indianapolis", "Indiana (East)"),
        ("America/Godthab", "Greenland"),
        ("GB", "Edinburgh"),
        ("Israel", "Jerusalem"),
        ("Europe/Oslo", "Berlin"),
        ("Asia/Rangoon", "Rangoon"),
        ("Etc/Zulu", "UTC"),
        ("GMT", "UTC"),
        ("Asia/Saigon", "Bangkok"),
        ("Asia/Ho_Chi_Minh", "Bangkok"),
        ("Pacific/Wake", "Marshall Is."),
        ("Pacific/Midway", "International Date Line West"),
    ],
)
def test_an_old_name_of_a_zone_is_the_zone_behind_it(written: str, name: str) -> None:
    assert harvest_name_of(written) == name


@pytest.mark.parametrize("written", ["Mars/Olympus", "", "europe/berlin", "America/Detroit"])
def test_what_harvest_has_no_zone_for_has_no_name(written: str) -> None:
    assert harvest_name_of(written) is None


def test_no_alias_changes_what_the_clock_shows() -> None:
    moments = [datetime(2026, month, 15, 12, tzinfo=UTC) for month in (1, 4, 7, 10)]
    named = {zone: name for zone in available_timezones() if (name := harvest_name_of(zone))}
    assert len(named) > 200
    for zone, name in named.items():
        seen, meant = (
            [at.astimezone(found).utcoffset() for at in moments] for found in (ZoneInfo(zone), zone_named(name))
        )
        assert seen == meant, (zone, name)
