"""Which addresses a delivery may connect to, looked at on the very address of each connection.

A name may lead elsewhere every time that it is asked for, so nothing is concluded from looking it up beforehand.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Addresses that carry another within: what they lead to is that one.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NAT64_LOCAL = ipaddress.ip_network("64:ff9b:1::/48")
_IPV4_COMPATIBLE = ipaddress.ip_network("::/96")


class AddressRefused(OSError):
    """The name leads where deliveries may not go."""


def is_public(text: str) -> bool:
    """Whether everybody can reach this address: none of a private network, of this machine or of a cloud's metadata."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return all(_is_public(each) for each in (address, *_within(address)))


def is_loopback_address(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def checked_socket(is_allowed: Callable[[str], bool]) -> Callable[[Any], socket.socket]:
    """For aiohttp's connector: a socket for an address that passes, made just before it is connected."""

    def make(info: Any) -> socket.socket:
        family, kind, protocol, _, address = info
        if not is_allowed(address[0]):
            raise AddressRefused("this address is not public")
        return socket.socket(family, kind, protocol)

    return make


def _is_public(address: Address) -> bool:
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _within(address: Address) -> list[Address]:
    if isinstance(address, ipaddress.IPv4Address):
        return []
    found: list[Address | None] = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64 or address in _IPV4_COMPATIBLE:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    if address in _NAT64_LOCAL:
        found.append(ipaddress.IPv4Address("127.0.0.1"))
    return [each for each in found if each is not None]
