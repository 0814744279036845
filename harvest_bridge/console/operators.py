"""How operators sign in. Their accounts are made by somebody with shell or admin access."""

from __future__ import annotations

import time
from smtplib import SMTPException
from typing import Any

import structlog
from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from . import sign_in_limits

log = structlog.get_logger(__name__)


class OperatorAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """allauth's own limit by account lets anybody lock an operator out. Errors: ValidationError."""
        self._login_failed_rl_usage = sign_in_limits.take_attempt(request, credentials)
        if self._login_failed_rl_usage is None:
            raise self.validation_error("too_many_login_attempts")

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        sign_in_limits.remember_browser(response, user)
        return response

    def is_reauthentication_required(self, *, app: str = "") -> bool:
        """Not of whoever signed in, or confirmed who they are, a moment ago: they come to set up a second factor."""
        records = get_authentication_records(self.request, self.request.user)
        is_fresh = any(time.time() - record["at"] < app_settings.REAUTHENTICATION_TIMEOUT for record in records)
        return bool(super().is_reauthentication_required(app=app)) and not is_fresh

    def is_safe_url(self, url: str) -> bool:
        """Nor is what cannot be read as an address, at which allauth would crash."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """At PUBLIC_URL, whatever `Host` the form was sent to."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return f"{settings.PUBLIC_URL}{path.replace('UID-KEY', key)}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail server that is away is the operator's log line, not the visitor's error."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException) as error:
            log.error("mail could not be sent", template=template_prefix, reason=type(error).__name__)


class LinkingOnlyAdapter(DefaultSocialAccountAdapter):
    """Harvest is here to be linked by customers, not to sign operators in."""

    def list_providers(self, request: HttpRequest) -> list[Any]:
        return []
