from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest

from harvest_bridge.harvest.timezones import IANA_NAMES, harvest_name_of, zone_named

NOW = datetime(2026, 11, 24, tzinfo=UTC)


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
    assert harvest_name_of(written, now=NOW) == name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("America/Detroit", "Eastern Time (US & Canada)"),
        ("America/Toronto", "Eastern Time (US & Canada)"),
        ("US/Michigan", "Eastern Time (US & Canada)"),
        ("America/Kentucky/Louisville", "Eastern Time (US & Canada)"),
        ("America/Vancouver", "Pacific Time (US & Canada)"),
        ("Pacific/Enderbury", "Tokelau Is."),
        ("America/Costa_Rica", "Central America"),
        ("Europe/Malta", "Rome"),
        ("Africa/Lagos", "West Central Africa"),
        ("Asia/Manila", "Hong Kong"),
        ("Atlantic/Reykjavik", "UTC"),
        ("EST5EDT", "Eastern Time (US & Canada)"),
        ("Etc/GMT-1", "West Central Africa"),
    ],
)
def test_a_zone_that_harvest_does_not_know_is_the_nearest_with_the_same_clock(written: str, name: str) -> None:
    assert harvest_name_of(written, now=NOW) == name


@pytest.mark.parametrize(
    "written", ["Mars/Olympus", "", "europe/berlin", "../etc/passwd", "right/Europe/Berlin", "Berlin"]
)
def test_what_is_no_zone_has_no_name(written: str) -> None:
    assert harvest_name_of(written, now=NOW) is None


@pytest.mark.parametrize(
    "written", ["Asia/Beirut", "America/Havana", "Australia/Eucla", "Pacific/Kiritimati", "US/Aleutian"]
)
def test_a_clock_that_no_zone_of_harvest_shows_all_year_has_no_name(written: str) -> None:
    assert harvest_name_of(written, now=NOW) is None


def test_every_zone_with_a_clock_of_harvests_has_a_name_that_shows_it_for_a_year() -> None:
    known = {_year_of(zone) for zone in IANA_NAMES.values()}
    for zone in sorted(available_timezones()):
        name, clock = harvest_name_of(zone, now=NOW), _year_of(zone)
        assert (name is not None) == (clock in known), (zone, name)
        assert name is None or _year_of(IANA_NAMES[name]) == clock, (zone, name)


@cache
def _year_of(zone: str) -> tuple[timedelta | None, ...]:
    """The offset every three hours from now, for a year."""
    clock = ZoneInfo(zone)
    return tuple((NOW + timedelta(hours=hour)).astimezone(clock).utcoffset() for hour in range(0, 24 * 365, 3))
