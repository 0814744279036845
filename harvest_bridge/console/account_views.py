"""Operators' sign-in pages of our own: what stands where mail would be needed and there is no mail server."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def needs_mail(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view where EMAIL_URL is set; else a page that says who can help."""

    @wraps(view)
    def with_mail(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if settings.HAS_MAIL:
            return view(request, *args, **kwargs)
        return render(request, "account/no_mail.html", status=404)

    return with_mail
