"""What CRMs told, in the admin: what came of each body, and what may be done about one that failed."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action, display

from harvest_bridge.provisioning.crm import inbox
from harvest_bridge.provisioning.models import InboxEvent, InboxStatus
from harvest_bridge.webhooks.question_pages import AskingAdmin


@admin.register(InboxEvent)
class InboxEventAdmin(AskingAdmin):
    list_display = ("received_at", "template", "status", "reason", "attempts")
    list_filter = ("status", "template")
    fields = readonly_fields = ("template", "status", "reason", "outcome", "attempts", "received_at", "body")
    actions_detail = ("try_again", "set_aside")

    @display(description="Why")
    def reason(self, row: InboxEvent) -> str:
        return "; ".join(str(one.get("why") or one.get("did") or "") for one in row.outcome)[:300] or "-"

    def has_failed_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        is_there = object_id is None or InboxEvent.objects.filter(pk=object_id, status=InboxStatus.FAILED).exists()
        return is_there and bool(request.user.has_perm("provisioning.change_inboxevent"))

    @action(description="Try again", url_path="try-again", icon="replay", permissions=["failed"])
    def try_again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def again(row: InboxEvent) -> str:
            inbox.try_again(row)
            return "Queued; a worker takes it with the template as it is now."

        return self.act(request, object_id, "Take this body again, with the template as it is now?", again)

    @action(description="Set aside", url_path="set-aside", icon="done", permissions=["failed"])
    def set_aside(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def aside(row: InboxEvent) -> str:
            inbox.set_aside(row)
            return "Set aside: nothing is done about it."

        return self.act(request, object_id, "Leave this deal alone, and no longer say that it needs somebody?", aside)
