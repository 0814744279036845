"""Outcome pages of the top-level window: connected or failed, and the way back."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect

from harvest_bridge.connections import linking
from harvest_bridge.connections.errors import ConsentDenied, LinkFailure
from harvest_bridge.connections.models import Connection

from .link_flows import LinkFlow
from .outcome_payloads import failure_payload, success_payload, way_back
from .rendering import LinkPage
from .wording import role_words


def host_url(visit: LinkFlow, connection: Connection) -> str:
    """Where the host wants its person back; "" for a window of its own."""
    return "" if visit.is_second_window else way_back(visit.link_token, success_payload(connection))


def linked(visit: LinkFlow, connection: Connection) -> LinkPage | HttpResponse:
    if back_url := host_url(visit, connection):
        return HttpResponseRedirect(back_url)
    role = role_words(connection)
    context = {
        "connection": connection,
        "role": role,
        "linked_url": visit.linked_url,
        "closes_itself": visit.is_second_window and not role.notice,
    }
    return LinkPage(template="linked", host_app=visit.link_token.host_app, context=context)


def failed(visit: LinkFlow | None, failure: LinkFailure) -> LinkPage | HttpResponse:
    """Plain words and a way on. A waiting connect page hears of it through the link token.

    A no is the person's own decision, so it leads straight back to the host; what another try may mend is said here.
    """
    if visit is None:
        return LinkPage(template="failed", host_app=None, context={"failure": failure}, status=failure.status)
    linking.note_failure(link_token=visit.link_token, failure=failure)
    is_decided = isinstance(failure, ConsentDenied)
    back_url = "" if visit.is_second_window else way_back(visit.link_token, failure_payload(failure))
    if back_url and is_decided:
        return HttpResponseRedirect(back_url)
    context = {
        "failure": failure,
        "again_url": visit.again_url,
        "back_url": back_url,
        "closes_itself": visit.is_second_window and is_decided,
    }
    return LinkPage(template="failed", host_app=visit.link_token.host_app, context=context, status=failure.status)
