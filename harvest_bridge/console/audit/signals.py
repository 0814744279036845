"""What other parts do and tell by signals, as audit rows; and what keeps operators and their log from being removed."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, password_reset
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models import ProtectedError
from django.db.models.signals import post_save, pre_delete

from harvest_bridge.api import audit_events
from harvest_bridge.hosts.models import ApiKey, WidgetKey

from .record import record, record_events

_DEEDS = {1: "added", 2: "changed", 3: "deleted"}


def connect() -> None:
    """Called once, when the app is ready."""
    post_save.connect(_from_admin_log, sender=LogEntry)
    for key in (ApiKey, WidgetKey):
        post_save.connect(_key_issued, sender=key)
    for kept in (User, LogEntry):
        pre_delete.connect(_refuse, sender=kept)
    post_save.connect(_operator_made, sender=User)
    audit_events.register(record_events)
    for signal, action in _SIGN_IN:
        signal.connect(_sign_in_handler(action), weak=False)


def _from_admin_log(instance: LogEntry, created: bool, **_: Any) -> None:
    if created:
        label = ".".join(instance.content_type.natural_key()) if instance.content_type else ""
        detail = f"{label} {instance.object_id}: {instance.get_change_message()}"
        record(_DEEDS.get(instance.action_flag, "did"), user=instance.user, detail=detail)


def _key_issued(instance: ApiKey | WidgetKey, created: bool, **_: Any) -> None:
    if created:
        record("issued a key", about=instance, detail=f"{instance} of {instance.host_app_id}")


def _operator_made(instance: User, created: bool, **_: Any) -> None:
    if created:
        record("made an operator", about=instance, detail=instance.get_username())


def _refuse(instance: User | LogEntry, **_: Any) -> None:
    """Errors: ProtectedError."""
    raise ProtectedError(
        "What was done must stay attributable: deactivate the operator instead of deleting.", {instance}
    )


_SIGN_IN = (
    (user_logged_in, "signed in"),
    (user_logged_out, "signed out"),
    (password_changed, "changed their password"),
    (password_reset, "reset their password by mail"),
    (authenticator_added, "added a second factor"),
    (authenticator_removed, "removed a second factor"),
    (authenticator_reset, "renewed a second factor"),
)


def _sign_in_handler(action: str) -> Any:
    def handle(sender: Any, request: Any = None, user: Any = None, **_: Any) -> None:
        if user is not None:
            record(action, request=request, user=user)

    return handle
