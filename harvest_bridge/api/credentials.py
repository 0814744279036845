"""Names under which Harvest takes credentials from a query or a body, where they would overrule ours (REFERENCE §2.1).

`access_token` is none of Harvest's fields; `account_id` is one inside an `external_reference` alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from harvest_bridge.errors import BridgeError

_TOKEN, _ACCOUNT, _ITS_HOME = "accesstoken", "accountid", "externalreference"
_PARAMETERS = re.compile(r"[&;]")
_BRACKETS = re.compile(r"[\[\].]+")
_NOT_OF_A_NAME = re.compile(r"[^a-z0-9]")
_DECODED_AT_MOST = 3


class CredentialsRefused(BridgeError):
    """Credentials belong in headers: queries and bodies end up in logs, and Harvest might prefer them to ours."""

    status = 400
    code = "credentials_in_query"


def refuse_in_names(path: Sequence[str]) -> None:
    """`path` is a field's name after those around it: `("external_reference", "id")`. Errors: CredentialsRefused.

    Case, separators and look-alike characters make no difference.
    """
    squashed = [name for name in map(squash, path) if name]
    homes = ["", *squashed]
    if any(
        name == _TOKEN or (name == _ACCOUNT and home != _ITS_HOME) for home, name in zip(homes, squashed, strict=False)
    ):
        raise CredentialsRefused(
            "access_token, account_id: credentials are not taken from the query or the body. Send the API key as "
            "`Authorization: Bearer …`; `Harvest-Account-Id` names the account on /v2, `integrated_account_id` "
            "elsewhere."
        )


def refuse_in_parameter(name: str) -> None:
    """`name` as it stands in a query or form, with brackets and escapes. Errors: CredentialsRefused."""
    for _ in range(_DECODED_AT_MOST):
        refuse_in_names(_BRACKETS.split(name))
        name = unquote(name.replace("+", " "))


def refuse_in_query(query: str) -> None:
    """By every separator that a Rails application may read. Errors: CredentialsRefused."""
    for part in _PARAMETERS.split(query):
        refuse_in_parameter(part.partition("=")[0])


def refuse_in_value(value: Any) -> None:
    """In JSON that was read already. Errors: CredentialsRefused."""
    waiting: list[tuple[str, Any]] = [("", value)]
    while waiting:
        around, inner = waiting.pop()
        for name, child in _children(inner, around):
            if inner is not None and isinstance(inner, Mapping):
                refuse_in_names((around, name))
            waiting.append((name, child))


def squash(name: str) -> str:
    """`Access-Token` as `accesstoken`."""
    return _NOT_OF_A_NAME.sub("", unicodedata.normalize("NFKC", name).casefold())


def _children(value: Any, around: str) -> Iterable[tuple[str, Any]]:
    """Those of a list stand under the list's own name."""
    if isinstance(value, Mapping):
        return [(str(name), child) for name, child in value.items()]
    return [(around, child) for child in value] if isinstance(value, list) else []
