"""Browser and system in words, from a User-Agent header: `Firefox on Android`. Coarse on purpose. Pure."""

from __future__ import annotations

# The first that is found counts: browsers name those that they descend from, too.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_ON = " on "
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device_of(user_agent: str) -> str:
    """Empty for what is no browser."""
    browser, system = (_first(user_agent, known) for known in (_BROWSERS, _SYSTEMS))
    return f"{browser}{_ON}{system}" if browser and system else browser or system


def parts_of(device: str) -> dict[str, str | None]:
    """Of those words the names alone, which are the same in every language. Shape: `{"browser", "system"}`."""
    names = device.split(_ON)
    browser = next((name for _, name in _BROWSERS if name in names), None)
    return {"browser": browser, "system": next((name for _, name in _SYSTEMS if name in names), None)}


def _first(text: str, known: tuple[tuple[str, str], ...]) -> str:
    return next((name for sign, name in known if sign in text), "")
