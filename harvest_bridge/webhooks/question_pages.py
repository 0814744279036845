"""Pages of the admin that ask before something is done, for whatever may be done about webhooks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse

from harvest_bridge.errors import BridgeError
from harvest_bridge.hosts.read_only import ReadOnlyAdmin


class AskingAdmin(ReadOnlyAdmin):
    """Read-only but for its actions, each of which asks on GET and acts on POST."""

    def act(
        self,
        request: HttpRequest,
        object_id: str,
        question: str,
        act: Callable[[Any], str],
        form: Form | None = None,
    ) -> HttpResponse:
        """`act` answers what was done; an audit row is left either way it ends."""
        row = get_object_or_404(self.get_queryset(request), pk=object_id)
        if request.method != "POST" or (form is not None and not form.is_valid()):
            return self.page(request, str(row), self.address_of(row), original=row, question=question, form=form)
        try:
            done = act(row)
        except BridgeError as error:
            self.log_change(request, row, f"{question} {error.code}")
            self.message_user(request, error.message, messages.ERROR)
        else:
            self.log_change(request, row, done)
            self.message_user(request, done)
        return HttpResponseRedirect(self.address_of(row))

    def page(self, request: HttpRequest, title: str, back: str, **context: Any) -> TemplateResponse:
        shared = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, "back": back}
        return TemplateResponse(request, "webhooks/action.html", {**shared, **context})

    def address_of(self, row: Model) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])
