"""Harvest's names for time zones, which are Ruby on Rails', as IANA zones (REFERENCE §12.1)."""

from __future__ import annotations

import logging
from datetime import datetime
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .same_clock import same_clock

# Zones that IANA has renamed stand under their new names; some systems no longer carry the old.
_TABLE = """
Pacific/Pago_Pago = American Samoa; Pacific/Midway = International Date Line West, Midway Island;
Pacific/Honolulu = Hawaii; America/Juneau = Alaska; America/Los_Angeles = Pacific Time (US & Canada);
America/Tijuana = Tijuana; America/Phoenix = Arizona; America/Chihuahua = Chihuahua; America/Mazatlan = Mazatlan;
America/Denver = Mountain Time (US & Canada); America/Guatemala = Central America;
America/Chicago = Central Time (US & Canada); America/Mexico_City = Guadalajara, Mexico City;
America/Monterrey = Monterrey; America/Regina = Saskatchewan; America/Bogota = Bogota;
America/New_York = Eastern Time (US & Canada); America/Indiana/Indianapolis = Indiana (East);
America/Lima = Lima, Quito; America/Halifax = Atlantic Time (Canada); America/Caracas = Caracas;
America/Guyana = Georgetown; America/La_Paz = La Paz; America/Puerto_Rico = Puerto Rico; America/Santiago = Santiago;
America/St_Johns = Newfoundland; America/Sao_Paulo = Brasilia; America/Argentina/Buenos_Aires = Buenos Aires;
America/Nuuk = Greenland; America/Montevideo = Montevideo; Atlantic/South_Georgia = Mid-Atlantic;
Atlantic/Azores = Azores; Atlantic/Cape_Verde = Cape Verde Is.; Africa/Casablanca = Casablanca; Europe/Dublin = Dublin;
Europe/London = Edinburgh, London; Europe/Lisbon = Lisbon; Africa/Monrovia = Monrovia; Etc/UTC = UTC;
Europe/Amsterdam = Amsterdam; Europe/Belgrade = Belgrade; Europe/Berlin = Berlin; Europe/Zurich = Bern, Zurich;
Europe/Bratislava = Bratislava; Europe/Brussels = Brussels; Europe/Budapest = Budapest; Europe/Copenhagen = Copenhagen;
Europe/Ljubljana = Ljubljana; Europe/Madrid = Madrid; Europe/Paris = Paris; Europe/Prague = Prague; Europe/Rome = Rome;
Europe/Sarajevo = Sarajevo; Europe/Skopje = Skopje; Europe/Stockholm = Stockholm; Europe/Vienna = Vienna;
Europe/Warsaw = Warsaw; Africa/Algiers = West Central Africa; Europe/Zagreb = Zagreb; Europe/Athens = Athens;
Europe/Bucharest = Bucharest; Africa/Cairo = Cairo; Africa/Harare = Harare; Europe/Helsinki = Helsinki;
Asia/Jerusalem = Jerusalem; Europe/Kaliningrad = Kaliningrad; Europe/Kyiv = Kyiv, Kiev; Africa/Johannesburg = Pretoria;
Europe/Riga = Riga; Europe/Sofia = Sofia; Europe/Tallinn = Tallinn; Europe/Vilnius = Vilnius; Asia/Baghdad = Baghdad;
Europe/Istanbul = Istanbul; Asia/Kuwait = Kuwait; Europe/Minsk = Minsk; Europe/Moscow = Moscow, St. Petersburg;
Africa/Nairobi = Nairobi; Asia/Riyadh = Riyadh; Europe/Volgograd = Volgograd; Asia/Tehran = Tehran;
Asia/Muscat = Abu Dhabi, Muscat; Asia/Baku = Baku; Europe/Samara = Samara; Asia/Tbilisi = Tbilisi;
Asia/Yerevan = Yerevan; Asia/Kabul = Kabul; Asia/Yekaterinburg = Ekaterinburg; Asia/Karachi = Islamabad, Karachi;
Asia/Tashkent = Tashkent; Asia/Kolkata = Chennai, Kolkata, Mumbai, New Delhi; Asia/Colombo = Sri Jayawardenepura;
Asia/Kathmandu = Kathmandu; Asia/Almaty = Almaty; Asia/Dhaka = Dhaka, Astana; Asia/Urumqi = Urumqi;
Asia/Yangon = Rangoon; Asia/Bangkok = Bangkok, Hanoi; Asia/Jakarta = Jakarta; Asia/Krasnoyarsk = Krasnoyarsk;
Asia/Novosibirsk = Novosibirsk; Asia/Shanghai = Beijing, Chongqing; Asia/Hong_Kong = Hong Kong; Asia/Irkutsk = Irkutsk;
Asia/Kuala_Lumpur = Kuala Lumpur; Australia/Perth = Perth; Asia/Singapore = Singapore; Asia/Taipei = Taipei;
Asia/Ulaanbaatar = Ulaanbaatar; Asia/Tokyo = Tokyo, Osaka, Sapporo; Asia/Seoul = Seoul; Asia/Yakutsk = Yakutsk;
Australia/Adelaide = Adelaide; Australia/Darwin = Darwin; Australia/Brisbane = Brisbane;
Australia/Sydney = Canberra, Sydney; Australia/Melbourne = Melbourne; Australia/Hobart = Hobart; Pacific/Guam = Guam;
Pacific/Port_Moresby = Port Moresby; Asia/Vladivostok = Vladivostok; Asia/Magadan = Magadan;
Asia/Srednekolymsk = Srednekolymsk; Pacific/Noumea = New Caledonia; Pacific/Guadalcanal = Solomon Is.;
Pacific/Auckland = Auckland, Wellington; Pacific/Fiji = Fiji; Asia/Kamchatka = Kamchatka;
Pacific/Majuro = Marshall Is.; Pacific/Chatham = Chatham Is.; Pacific/Tongatapu = Nuku'alofa; Pacific/Apia = Samoa;
Pacific/Fakaofo = Tokelau Is.
"""

log = logging.getLogger(__name__)


def _read(table: str) -> dict[str, str]:
    rows = (row.split(" = ") for row in table.replace("\n", " ").strip().split("; "))
    return {name: zone for zone, names in rows for name in names.split(", ")}


IANA_NAMES = _read(_TABLE)


def harvest_name_of(zone: str, *, now: datetime) -> str | None:
    """Harvest's name for an IANA zone; None where Harvest has no zone with the same clock.

    In order: the zone itself, the zone that an old name such as `Asia/Calcutta` stands for, and a zone whose clock is
    the same from `now` on (`same_clock.py`): `America/Detroit` is Eastern Time (US & Canada).
    Source: the links of the tz database (its file `backward`), as the package `tzdata` carries them.
    """
    names = _harvest_names()
    behind = _links().get(zone, zone)
    alike = (zone, behind, *(name for name, target in _links().items() if target == behind))
    found = next((name for name in alike if name in names), None) or same_clock(behind, tuple(names), day=now.date())
    return names[found] if found else None


@cache
def _harvest_names() -> dict[str, str]:
    """Harvest's first name for each IANA zone."""
    return {zone: name for name, zone in reversed(IANA_NAMES.items())}


@cache
def _links() -> dict[str, str]:
    """The zone behind each alias."""
    lines = (resources.files("tzdata") / "zoneinfo" / "tzdata.zi").read_text().splitlines()
    found = {alias: zone for kind, zone, alias in (line.split() for line in lines if line.startswith("L "))}
    return {alias: found.get(zone, zone) for alias, zone in found.items()}


def zone_named(harvest_name: str) -> ZoneInfo:
    """The zone that a person's profile names; UTC, with a warning, for a name that nobody knows.

    "Today" for a time entry is the date in this zone.
    """
    iana = IANA_NAMES.get(harvest_name, harvest_name)
    try:
        return ZoneInfo(iana)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        log.warning("unknown Harvest time zone, UTC is used instead", extra={"timezone": harvest_name[:64]})
        return ZoneInfo("UTC")
