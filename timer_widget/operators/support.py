"""A person's page for support: connection, what the timer tells them, recent clicks and requests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from harvest_bridge.api.models import RequestRecord
from harvest_bridge.connections.models import Connection, Kind
from harvest_bridge.connections.queries import connections_of
from harvest_bridge.errors import BridgeError
from harvest_bridge.unified.identities.models import Identity
from timer_widget.access import access_of, connection_of
from timer_widget.history.labels import click_label
from timer_widget.models import ForgottenTimer, Intent, Person, PersonTimerRules

from .history_admin import of_person

_LATEST = 10
_LINK = '<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>'


def what_the_timer_says(person: Person) -> str:
    """The words that the person reads, with the code that the timer's API gives; or how they reach Harvest."""
    access = access_of(person)
    try:
        harvest = access.harvest()
    except BridgeError as error:
        reason = access.reason if access.reason and access.reason != error.code else ""
        return f"{error.message} ({', '.join(filter(None, (error.code, reason)))})"
    how = "their own connection" if access.via == "personal" else "the company's connection, matched to them"
    return f"Works, through {how}: Harvest user {harvest.user_id} in {harvest.connection.harvest_account_name}."


def connections(person: Person) -> SafeString:
    """Their own, and those of their tenant that can act for them."""
    own = connection_of(person)
    rows = [own] if own else []
    rows += connections_of(person.host_app).filter(tenant_id=person.tenant_id, kind=Kind.ACCOUNT)[:_LATEST]
    return _lines(format_html("{} {}", _link(row), _shown_state(row)) for row in rows)


def identities(person: Person) -> SafeString:
    """Whom the host's own id is matched to, in each of the tenant's accounts."""
    accounts = connections_of(person.host_app).filter(tenant_id=person.tenant_id)
    rows = Identity.objects.filter(connection__in=accounts, external_id=person.user_id).select_related("connection")
    return _lines(
        format_html("{} in {}: {}", _link(row), row.connection.harvest_account_name, _matched(row)) for row in rows
    )


def clicks(person: Person) -> SafeString:
    rows: Iterable[Intent] = person.intents.all()[:_LATEST]
    lines = (
        format_html("{} {} {} {}", _when(row.created_at), _link(row, click_label(row)), *_came_of(row)) for row in rows
    )
    everything = f"{reverse('admin:timer_widget_intent_changelist')}?{urlencode({'person__id__exact': person.pk})}"
    links = (format_html(_LINK, everything, "All clicks"), format_html(_LINK, of_person(person), "History"))
    return format_html("{}{} · {}", _lines(lines), *links)


def forgotten_timers(person: Person) -> SafeString:
    """What was found, and what became of it."""
    rows = person.forgotten_timers.all()[:_LATEST]
    lines = _lines(
        format_html(
            "{} {}: {}, {}{}; last sign of them {}",
            _when(row.found_at),
            _entry_name(row),
            row.get_reason_display().lower(),
            row.get_status_display().lower(),
            f" ({row.answer})" if row.answer else "",
            _when(row.likely_stop_at),
        )
        for row in rows
    )
    own = PersonTimerRules.objects.filter(person=person).first()
    add = f"{reverse('admin:timer_widget_persontimerrules_add')}?{urlencode({'person': person.pk})}"
    rules = _link(own, "Work day of their own") if own else format_html(_LINK, add, "Give them a work day of their own")
    return format_html("{}{}", lines, rules)


def _entry_name(row: ForgottenTimer) -> str:
    """Ids alone: names of projects are the person's own matter."""
    item = row.running.get("item") or {}
    return f"entry {row.entry_id}, item {item['id']}" if item.get("id") else f"entry {row.entry_id}"


def requests(person: Person) -> SafeString:
    """The log keeps no person, so these are the requests through the connection that the person uses."""
    connection = access_of(person).connection
    if connection is None:
        return SafeString("none: no connection is used")
    newest = RequestRecord.objects.filter(connection_id=connection.pk).order_by("-minute", "-id")[:_LATEST]
    lines = (format_html("{} {}", _when(row.at), _link(row)) for row in newest)
    query = urlencode({"connection": str(connection.pk), "since": "week"})
    everything = f"{reverse('admin:api_requestrecord_changelist')}?{query}"
    return format_html("{}{}", _lines(lines), format_html(_LINK, everything, "All requests of this connection"))


def _when(at: datetime) -> str:
    return f"{at:%d %b %H:%M:%S} UTC"


def _came_of(row: Intent) -> tuple[str, str]:
    said = row.outcome or {}
    return row.get_status_display().lower(), f"– {said['message']} ({said['code']})" if "code" in said else ""


def _matched(row: Identity) -> str:
    said = row.get_state_display().lower()
    return f"{said}, {row.get_flag_display().lower()}" if row.flag else said


def _shown_state(row: Connection) -> str:
    return f"({row.get_kind_display().lower()}, {row.get_status_display().lower()})"


def _link(row: Model, text: Any = None) -> SafeString:
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return format_html(_LINK, reverse(name, args=[row.pk]), text or row)


def _lines(rows: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "<p>{}</p>", ((row,) for row in rows)) or SafeString("none")
