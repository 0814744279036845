"""What an operator may do about a mirror. Each asks first, and leaves an audit row."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.decorators import action

from harvest_bridge.connections import history
from harvest_bridge.connections.models import Connection
from harvest_bridge.errors import BridgeError
from harvest_bridge.hosts.retry_rights import may_retry
from harvest_bridge.mirror import pausing, services
from harvest_bridge.mirror.models import Kind, Mirror
from harvest_bridge.mirror.resources import BY_NAME
from harvest_bridge.webhooks.question_pages import AskingAdmin

from . import comparison
from .forms import CompareForm, RunNowForm, ScheduleForm
from .status_page import title_of

_BEGIN = "Copy all that the linker sees of this account into our database, and keep it fresh?"
_BEGIN_ANEW = (
    "Read everything again as if for the first time? What is here stays readable meanwhile; every reader of the change "
    "feed must begin anew too."
)
_APPROVE = (
    "Records are missing in Harvest in great number, and so none was taken for deleted. Have them looked up one by "
    "one, and those that Harvest answers with 404 noted as deleted?"
)
_ERASE = "Erase the whole copy now? The connection stays, and nothing in Harvest changes."


class MirrorActions(AskingAdmin):
    actions_detail = (
        "run_now",
        "compare",
        "pause",
        "resume",
        {"title": "More", "icon": "more_horiz", "items": ["change_schedule", "approve_deletes", "begin_anew", "erase"]},
    )

    def has_use_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return bool(request.user.has_perm("mirror.change_mirror"))

    def has_retry_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return may_retry(request, Mirror)

    def has_pause_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self.has_use_permission(request) and _is(object_id, is_paused=False)

    def has_resume_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self.has_use_permission(request) and _is(object_id, is_paused=True)

    def has_approve_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self.has_use_permission(request) and _is(object_id, streams__held_deletes__gt=0)

    def has_compare_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """It shows the customer's records."""
        return self.has_retry_permission(request) and request.user.has_perm("mirror.view_record")

    def has_erase_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return bool(request.user.has_perm("mirror.delete_mirror"))

    def get_urls(self) -> list[URLPattern]:
        of_connection = self.admin_site.admin_view(self.of_connection)
        own: list[URLPattern] = [
            path("connection/<uuid:connection_id>/", of_connection, name="mirror_mirror_connection")
        ]
        return [*own, *super().get_urls()]

    def of_connection(self, request: HttpRequest, connection_id: Any) -> HttpResponse:
        """The connection's mirror; where it has none, whether it is to have one."""
        connection = get_object_or_404(Connection, pk=connection_id)
        found = Mirror.objects.filter(connection=connection).first()
        if found is not None:
            return HttpResponseRedirect(self.address_of(found))
        back = reverse("admin:connections_connection_change", args=[connection.pk])
        if connection.disconnected_at or not request.user.has_perm("mirror.add_mirror"):
            self.message_user(request, "This connection is not mirrored.", messages.WARNING)
            return HttpResponseRedirect(back)
        if request.method != "POST":
            return self.page(request, str(connection), back, question=_BEGIN)
        mirror = services.begin(connection, is_on=True)
        self.log_change(request, mirror, "Began to mirror the account.")
        return HttpResponseRedirect(self.address_of(mirror))

    @action(description="Run now", url_path="run-now", icon="sync", permissions=["retry"])
    def run_now(self, request: HttpRequest, object_id: str) -> HttpResponse:
        mirror = get_object_or_404(Mirror, pk=object_id)
        form = RunNowForm(mirror, request.POST or None)

        def run(mirror: Mirror) -> str:
            asked, who = form.cleaned_data, history.operator(request.user.get_username())
            services.sync(mirror.connection, resources=asked["resources"], kind=Kind(asked["kind"]), requested_by=who)
            wait = " It begins when the mirror is resumed." if mirror.is_paused else ""
            return f"Queued: {Kind(asked['kind']).label}, {', '.join(asked['resources']) or 'all resources'}.{wait}"

        return self.act(request, object_id, "Read from Harvest now, beside the schedule.", run, form=form)

    @action(description="Compare now", url_path="compare", icon="compare_arrows", permissions=["compare"])
    def compare(self, request: HttpRequest, object_id: str) -> HttpResponse:
        mirror = get_object_or_404(Mirror.objects.select_related("connection__host_app"), pk=object_id)
        form = CompareForm(comparison.countable(mirror), request.POST or None)
        compared: dict[str, Any] = {}
        if form.is_valid():
            resource = BY_NAME[form.cleaned_data["resource"]]
            self.log_change(request, mirror, f"Compared with Harvest: the counts, and a sample of {resource.name}.")
            compared = _compared(mirror, resource.name)
        shared = {**self.admin_site.each_context(request), "opts": self.opts, "title": str(mirror.connection)}
        page = {
            **shared,
            "back": self.address_of(mirror),
            "original": mirror,
            "form": form,
            "mirror": mirror,
            **compared,
        }
        return TemplateResponse(request, "mirror/compare.html", page)

    @action(description="Pause", url_path="pause", icon="pause", permissions=["pause"])
    def pause(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def stop(mirror: Mirror) -> str:
            pausing.pause(mirror)
            return "Paused."

        return self.act(request, object_id, "Read nothing more until it is resumed? What is here stays readable.", stop)

    @action(description="Resume", url_path="resume", icon="play_arrow", permissions=["resume"])
    def resume(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def start(mirror: Mirror) -> str:
            pausing.resume(mirror)
            return "Resumed."

        return self.act(request, object_id, "Go on where it stood?", start)

    @action(description="Schedule", url_path="schedule", icon="schedule", permissions=["use"])
    def change_schedule(self, request: HttpRequest, object_id: str) -> HttpResponse:
        mirror = get_object_or_404(Mirror, pk=object_id)
        form = ScheduleForm(
            request.POST or None, initial={name: getattr(mirror, name) for name in ScheduleForm.base_fields}
        )

        def change(mirror: Mirror) -> str:
            chosen = {**form.cleaned_data, "resources": form.cleaned_data["resources"] or None}
            services.begin(mirror.connection, **chosen)
            told = ", ".join(f"{name} {value}" for name, value in chosen.items() if value)
            return f"Changed the schedule: {told or 'as the host app says'}."

        return self.act(request, object_id, "What is left empty is as the host app says.", change, form=form)

    @action(description="Approve deletes", url_path="approve-deletes", icon="delete_sweep", permissions=["approve"])
    def approve_deletes(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def approve(mirror: Mirror) -> str:
            held = [stream for stream in mirror.streams.select_related("mirror") if stream.held_deletes]
            for stream in held:
                services.approve_deletes(stream)
            return f"Approved: {', '.join(f'{one.resource} {one.held_deletes}' for one in held) or 'none was on hold'}."

        return self.act(request, object_id, _APPROVE, approve)

    @action(description="Begin anew", url_path="begin-anew", icon="restart_alt", permissions=["use"])
    def begin_anew(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def begin(mirror: Mirror) -> str:
            services.begin_anew(mirror)
            return "Began anew."

        return self.act(request, object_id, _BEGIN_ANEW, begin)

    @action(description="Erase", url_path="erase", icon="delete_forever", permissions=["erase"])
    def erase(self, request: HttpRequest, object_id: str) -> HttpResponse:
        mirror = get_object_or_404(Mirror.objects.select_related("connection"), pk=object_id)
        if request.method != "POST":
            return self.page(request, str(mirror.connection), self.address_of(mirror), original=mirror, question=_ERASE)
        connection = mirror.connection
        self.log_change(request, mirror, f"Erased the copy of {connection}.")
        services.erase(mirror)
        self.message_user(request, "Erased.")
        return HttpResponseRedirect(reverse("admin:mirror_mirror_changelist"))


def _is(object_id: str | None, **state: Any) -> bool:
    """Whether the button is of use; without a page all are."""
    return object_id is None or Mirror.objects.filter(pk=object_id, **state).exists()


def _compared(mirror: Mirror, name: str) -> dict[str, Any]:
    """Harvest may answer with a refusal instead, which is shown."""
    try:
        rows, refusal = comparison.sample(mirror, BY_NAME[name]), ""
    except BridgeError as error:
        rows, refusal = [], error.message
    return {"counts": comparison.counts(mirror), "rows": rows, "refusal": refusal, "title_of": title_of(name)}
