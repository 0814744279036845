"""E-mail addresses: which two are the same, and which two may be one person's."""

from __future__ import annotations

# Anybody may hold any name here, so that the same name at a company says nothing.
PUBLIC_DOMAINS = frozenset(
    """
    gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com icloud.com me.com mac.com aol.com gmx.de
    gmx.net gmx.com web.de t-online.de proton.me protonmail.com pm.me mail.com mail.ru yandex.ru qq.com 163.com zoho.com
    fastmail.com orange.fr free.fr libero.it
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
