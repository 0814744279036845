"""Public holidays, by country and subdivision. Source: the library `holidays`."""

from __future__ import annotations

from functools import lru_cache

from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.insights.records.days import date_of, day_number


@lru_cache(maxsize=4096)
def holidays_of(country: str, subdivision: str, year: int) -> frozenset[int]:
    """The numbers of the days that are public holidays there; none without a country."""
    if not country:
        return frozenset()
    import holidays  # late, as its calendars are many and few processes need them

    found = holidays.country_holidays(country, subdiv=subdivision or None, years=year)
    return frozenset(day_number(day) for day in found)


def holidays_between(country: str, subdivision: str, first: int, last: int) -> set[int]:
    years = range(date_of(first).year, date_of(last).year + 1)
    return {day for year in years for day in holidays_of(country, subdivision, year) if first <= day <= last}


def refuse_unknown_calendar(country: str, subdivision: str) -> None:
    """Errors: InvalidRequest, which lists the subdivisions there are."""
    import holidays

    known = holidays.list_supported_countries(include_aliases=True)
    if country and country not in known:
        raise InvalidRequest(f"country: {country!r} has no calendar of public holidays; send an ISO 3166 code.")
    if subdivision and not country:
        raise InvalidRequest("subdivision: needs a `country` beside it.")
    if subdivision and subdivision not in known[country]:
        listed = ", ".join(known[country]) or "none"
        raise InvalidRequest(f"subdivision: {country} has no {subdivision!r}; known are {listed}.")
