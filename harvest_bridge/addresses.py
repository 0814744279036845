"""IP addresses: loopback checks, and the network an address counts as for rate limits."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping, Sequence


def is_loopback(host: str) -> bool:
    """A name or an address that leads nowhere else: `localhost`, `x.localhost`, 127.0.0.0/8, ::1."""
    name = host.strip().strip("[]").lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def network_of(address: str) -> str:
    """Whom a limit counts: the address itself, or of IPv6 the /64, which is what one household or host gets."""
    try:
        found = ipaddress.ip_address(address.strip())
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def bound_addresses(argv: Sequence[str], environ: Mapping[str, str]) -> list[str]:
    """Where uvicorn, or anything that takes `--host`, was told to listen; nothing when it was not told."""
    return [*_options(argv), *([environ["UVICORN_HOST"]] if environ.get("UVICORN_HOST") else [])]


def _options(argv: Sequence[str]) -> Iterator[str]:
    for word, following in zip(argv, [*argv[1:], ""], strict=True):
        if word in ("--host", "--bind", "-b"):
            yield _host_of(following)
        elif word.startswith(("--host=", "--bind=")):
            yield _host_of(word.partition("=")[2])


def _host_of(text: str) -> str:
    """`0.0.0.0:8000` -> `0.0.0.0`."""
    return text.rpartition(":")[0] if text.count(":") == 1 else text
