"""What may be a `target_url`. Where its name leads is looked at when connecting (`public_addresses.py`)."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import yarl
from django.conf import settings

from harvest_bridge.addresses import is_loopback

from .errors import TargetNotAllowed
from .public_addresses import is_public

MAX_CHARACTERS = 2000


def may_reach_loopback() -> bool:
    return bool(settings.DEBUG or settings.WEBHOOK_ALLOW_LOOPBACK)


def checked_url(text: str) -> str:
    """The same, or as browsers write it. Errors: TargetNotAllowed."""
    if len(text) > MAX_CHARACTERS or not text.isprintable() or any(mark in text for mark in ' \\"<>^`{|}'):
        raise TargetNotAllowed(f"target_url: write an address without spaces, of at most {MAX_CHARACTERS} characters.")
    try:
        parts, url = urlsplit(text), yarl.URL(text)
        host, port = url.raw_host or "", url.port
    except ValueError as error:
        raise TargetNotAllowed("target_url: this is not an address; write https://host/path.") from error
    if parts.scheme not in ("https", "http") or not host or not port:
        raise TargetNotAllowed("target_url: write https://host/path.")
    if url.raw_user is not None or url.raw_password is not None or parts.fragment or "#" in text:
        raise TargetNotAllowed("target_url: may have neither a user name, a password nor a fragment.")
    _check_host(parts.scheme, host)
    return str(url)


def _check_host(scheme: str, host: str) -> None:
    if is_loopback(host) or _as_address(host).startswith("127."):
        if not may_reach_loopback():
            raise TargetNotAllowed(
                "target_url: leads to the bridge's own machine; only public addresses are called. For development "
                "set WEBHOOK_ALLOW_LOOPBACK."
            )
        return
    if scheme != "https":
        raise TargetNotAllowed("target_url: must begin with https://; events hold people's data.")
    address = _as_address(host)
    if address and not is_public(address):
        raise TargetNotAllowed("target_url: this address is not public; only public addresses are called.")


def _as_address(host: str) -> str:
    """A host that is an address, in whatever way: `2130706433` and `0x7f.1` are 127.0.0.1. Empty for a name."""
    if ":" in host:
        return host
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return ""
