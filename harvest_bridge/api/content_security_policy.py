"""Builds the `Content-Security-Policy` header from validated parts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

# One source expression: no space, comma or semicolon, each of which would begin something else.
_SOURCE = re.compile(r"[!-+\--:<-~]+")
_NOBODY = "'none'"


def content_security_policy(directives: Mapping[str, Sequence[str]]) -> str:
    """The header's value. A word that is no single source is left out; a directive without words allows nobody.

    Allowed origins are checked where they are written (`hosts.origins`); rows may be older than that check.
    """
    return "; ".join(
        f"{name} {' '.join(filter(_SOURCE.fullmatch, words)) or _NOBODY}" for name, words in directives.items()
    )
