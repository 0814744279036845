"""An invoice or estimate as a page to keep or to print: one file, without scripts, with nothing from elsewhere."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import formats, translation

from harvest_bridge.api.content_security_policy import content_security_policy
from harvest_bridge.embed.translations import translations_for
from harvest_bridge.invoices.records import Json
from timer_widget.frames.languages import language_of

_POLICY = {"default-src": [], "style-src": ["'unsafe-inline'"], "sandbox": ["allow-modals"]}
_UNFIT_FOR_FILE_NAMES = re.compile(r"[^A-Za-z0-9._-]+")
_MONEY = ("amount", "paid_amount", "due_amount", "subtotal", "discount_amount", "tax_amount", "tax2_amount")
_DAYS = ("issue_date", "due_date", "period_start", "period_end", "paid_date")


def printable(request: HttpRequest, name: str, shown: Json, parties: Json) -> HttpResponse:
    """`name` is `invoice` or `estimate`. In the language `lang`, else the browser's."""
    spoken = language_of(request)
    words = translations_for(spoken["language"])
    with translation.override(spoken["language"]):
        context = {**spoken, "words": words, "title": words[name].format(number=shown["number"] or shown["id"])}
        context |= {"document": _written(shown), "parties": parties, "status": words[f"status_{shown['status']}"]}
        page = render_to_string("embed/document.html", context)
    answer = HttpResponse(page, content_type="text/html; charset=utf-8")
    answer["Content-Language"] = spoken["language"]
    answer["Content-Disposition"] = f'attachment; filename="{_file_name(name, shown)}"'
    answer["Content-Security-Policy"] = content_security_policy(_POLICY)
    return answer


def _file_name(name: str, shown: Json) -> str:
    number = _UNFIT_FOR_FILE_NAMES.sub("-", str(shown["number"] or shown["id"])).strip("-.")
    return f"{name}-{number or shown['id']}.html"


def _written(shown: Any, currency: str = "") -> Any:
    """The same with amounts and days as people of the language write them."""
    if isinstance(shown, list):
        return [_written(one, currency) for one in shown]
    if not isinstance(shown, dict):
        return shown
    currency = shown.get("currency") or currency
    return {name: _value(name, value, currency) for name, value in shown.items()}


def _value(name: str, value: Any, currency: str) -> Any:
    if value is None or value == "":
        return None
    if name in _MONEY or name == "unit_price":
        return f"{_number(value)} {currency}".strip()
    if name in ("quantity", "tax", "tax2", "discount"):
        return _number(value)
    if name in _DAYS:
        return formats.date_format(date.fromisoformat(value), "DATE_FORMAT")
    return _written(value, currency)


def _number(text: str) -> str:
    """With as many decimals as it has."""
    decimals = -min(0, int(Decimal(text).as_tuple().exponent))
    return formats.number_format(Decimal(text), decimals, use_l10n=True, force_grouping=True)
