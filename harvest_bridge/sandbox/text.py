"""How hours, moments and money read on the sandbox's pages."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from harvest_bridge.sandbox.fields import CENT
from harvest_bridge.sandbox.records import Company

SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CAD": "CA$", "AUD": "A$", "INR": "₹", "CHF": "CHF "}
UNITS = (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1))


def hours_text(hours: Decimal) -> str:
    """`1:30`"""
    minutes = int((hours * 60).to_integral_value())
    return f"{minutes // 60}:{minutes % 60:02}"


def stopwatch_text(seconds: int) -> str:
    """`1:30:05`"""
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def span_text(seconds: float) -> str:
    """The two largest units, as in `1 d 2 h`, `15 min`, `0.5 s`."""
    if 0 < seconds < 1:
        return f"{seconds:g} s"
    left, parts = int(seconds), []
    for unit, size in UNITS:
        if left >= size:
            parts.append(f"{left // size} {unit}")
            left %= size
    return " ".join(parts[:2]) or "0 s"


def day_text(day: date) -> str:
    """`Tue 24 Nov 2026`"""
    return f"{day:%a} {day.day} {day:%b %Y}"


def week_text(first: date) -> str:
    """`23 – 29 Nov 2026`, for the week that begins on `first`."""
    last = first + timedelta(days=6)
    begin = f"{first.day}" if first.month == last.month else f"{first.day} {first:%b}"
    return f"{begin} – {last.day} {last:%b %Y}"


def moment_text(moment: datetime) -> str:
    return f"{day_text(moment.date())}, {moment:%H:%M:%S}"


def money_text(amount: Decimal, currency: str, company: Company) -> str:
    """Grouped and pointed as the company likes it; currencies without a known symbol show their code."""
    digits = f"{abs(amount.quantize(CENT, ROUND_HALF_UP)):,.2f}"
    marks = str.maketrans({",": company.thousands_separator, ".": company.decimal_symbol})
    sign = "−" if amount < 0 else ""
    return f"{sign}{SYMBOLS.get(currency, f'{currency} ')}{digits.translate(marks)}"


def count_text(number: int, noun: str, plural: str | None = None) -> str:
    """`1 person`, `12 people`, `9,000 time entries`"""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"
