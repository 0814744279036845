"""A template and a deal's data become what is wanted: placeholders filled, rules applied, and then checked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from decimal import Decimal, InvalidOperation
from typing import Any

from rest_framework.exceptions import ValidationError

from harvest_bridge.errors import BridgeError
from harvest_bridge.provisioning.serializers import DealInput, wanted_of

Json = dict[str, Any]
_PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z_][\w.]*)\s*(?:\|([^{}]*))?\}\}")
_COMPARE = {
    "above": lambda mine, theirs: mine > theirs,
    "below": lambda mine, theirs: mine < theirs,
    "is": lambda mine, theirs: mine == theirs,
    "is_not": lambda mine, theirs: mine != theirs,
}


class PlaceholderMissing(BridgeError):
    """The deal has no value for a placeholder of the template, which has no default for it."""

    status = 422
    code = "placeholder_missing"


class TemplateInvalid(BridgeError):
    """The template is none: a rule or a field that cannot be."""

    status = 400
    code = "template_invalid"


def wanted_by(content: Mapping[str, Any], deal: Mapping[str, Any]) -> Json:
    """What is wanted of this deal. Errors: PlaceholderMissing, TemplateInvalid; DRF's ValidationError, by field."""
    body = deepcopy({name: value for name, value in content.items() if name != "rules"})
    rules = content.get("rules") or []
    if not isinstance(rules, list):
        raise TemplateInvalid("rules: must be a list.")
    for place, rule in enumerate(rules):
        _apply(rule, f"rules[{place}]", body, deal)
    return wanted_of(DealInput.validated(_filled(body, deal, "")))


def problem_of(error: ValidationError) -> tuple[str, str]:
    """The first field that cannot be, and in words what is wrong with all of them."""
    found = list(_problems(error.detail, ""))
    return found[0][0] if found else "", " ".join(f"{field}: {text}" for field, text in found)


def _problems(detail: Any, field: str) -> Iterator[tuple[str, str]]:
    if isinstance(detail, dict):
        for name, each in detail.items():
            yield from _problems(each, f"{field}.{name}".lstrip("."))
    elif isinstance(detail, list):
        for place, each in enumerate(detail):
            yield from _problems(each, f"{field}[{place}]" if isinstance(each, dict) and each else field)
    else:
        yield field, str(detail)


def _apply(rule: Any, field: str, body: Json, deal: Mapping[str, Any]) -> None:
    """`{"when": {"field", "above"|"below"|"is"|"is_not"}, "set": {"project.fee": …}}`. Errors: TemplateInvalid."""
    when = rule.get("when") if isinstance(rule, Mapping) else None
    compared = [name for name in _COMPARE if isinstance(when, Mapping) and name in when]
    if not isinstance(when, Mapping) or len(compared) != 1 or not isinstance(rule.get("set"), Mapping):
        raise TemplateInvalid(f"{field}: needs `when` with a `field` and one of {', '.join(_COMPARE)}, and `set`.")
    mine, theirs = _comparable(deal.get(str(when.get("field")))), _comparable(when[compared[0]])
    if mine is None or type(mine) is not type(theirs) or not _COMPARE[compared[0]](mine, theirs):
        return
    for path, value in rule["set"].items():
        part, _, name = str(path).partition(".")
        target = body.setdefault(part, {}) if name else body
        if not isinstance(target, dict):
            raise TemplateInvalid(f"{field}.set: {path!r} is no field of a part.")
        target[name or part] = value


def _comparable(value: Any) -> Any:
    try:
        return Decimal(str(value)) if value is not None and not isinstance(value, bool) else value
    except InvalidOperation:
        return str(value).casefold()


def _filled(value: Any, deal: Mapping[str, Any], field: str) -> Any:
    if isinstance(value, dict):
        filled = {name: _filled(each, deal, f"{field}.{name}".lstrip(".")) for name, each in value.items()}
        return {name: each for name, each in filled.items() if each != ""}  # a default of nothing leaves the field out
    if isinstance(value, list):
        return [_filled(each, deal, f"{field}[{place}]") for place, each in enumerate(value)]
    if not isinstance(value, str):
        return value
    whole = _PLACEHOLDER.fullmatch(value.strip())
    if whole:
        return _value(whole, deal, field)
    return _PLACEHOLDER.sub(lambda found: str(_value(found, deal, field)), value)


def _value(found: re.Match[str], deal: Mapping[str, Any], field: str) -> Any:
    name, default = found.group(1), found.group(2)
    value = deal.get(name)
    if value not in (None, ""):
        return value
    if default is None:
        raise PlaceholderMissing(f"{field}: the deal has no {name!r}; map it, or write {{{{{name}|default}}}}.")
    return default
