"""IBANs: whether one can be right. Pure."""

from __future__ import annotations

import re

_SHAPE = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


def is_iban(text: str) -> bool:
    """Without spaces, in capitals; by its check digits (ISO 13616, mod 97)."""
    if not _SHAPE.fullmatch(text):
        return False
    turned = text[4:] + text[:4]
    return int("".join(str(int(one, 36)) for one in turned)) % 97 == 1
