"""Outcome pages inside the host: connected or failed; the host is notified as the page opens."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from harvest_bridge.connections.errors import InvalidLinkToken, LinkFailure, WrongBrowser
from harvest_bridge.connections.models import Connection, LinkToken
from harvest_bridge.hosts.models import HostApp

from .link_request import INTEGRATION, LinkRequest
from .outcome_payloads import Payload, failure_payload, framers, success_payload, targets, way_back
from .rendering import LinkPage
from .wording import role_words


def invalid_link_token() -> InvalidLinkToken:
    return InvalidLinkToken(_("This link was used already, has expired, or was not copied whole."))


def started_elsewhere() -> WrongBrowser:
    return WrongBrowser(
        _("Connecting was started in another browser or window. Start it there again, and finish there.")
    )


def can_begin_here(link_token: LinkToken) -> bool:
    """Whether a page without cookies may go on with it: one that was begun in a browser goes on in its own window."""
    return link_token.is_usable_at(timezone.now()) and not link_token.is_bound_to_a_browser


def ended(asked: LinkRequest, link_token: LinkToken | None) -> LinkPage:
    """What is left of a link token that begins nothing here: connected by now, or the reason why not.

    The person reads that Harvest is connected; a host that opens a used link token again hears that it was used
    (truto-wire §8), and whoever only loads the page again is not sent on a second time.
    """
    connection = link_token.connection if link_token else None
    if link_token and connection and connection.disconnected_at is None:
        return connected(asked, link_token, connection, told=failure_payload(invalid_link_token()))
    is_elsewhere = link_token is not None and link_token.is_usable_at(timezone.now())
    return refused_link(asked, link_token, started_elsewhere() if is_elsewhere else invalid_link_token())


def connected(
    asked: LinkRequest, link_token: LinkToken, connection: Connection, *, told: Payload, return_to: str = ""
) -> LinkPage:
    """Harvest is connected; the host hears what is `told` as the page opens."""
    host_app = link_token.host_app
    return LinkPage(
        template="linked",
        host_app=host_app,
        context={
            "asked": asked,
            "connection": connection,
            "role": role_words(connection),
            "linked_url": asked.linked_url,
            "back_url": way_back(link_token, success_payload(connection)),
            "page": {"targets": targets(asked, host_app), "payload": told, "back": return_to},
        },
        framed_by=framers(asked, host_app),
    )


def refused_link(
    asked: LinkRequest, link_token: LinkToken | None, failure: LinkFailure, *, integration: str = INTEGRATION
) -> LinkPage:
    """Whoever comes back to a spent link, as with the browser's Back, is not sent on a second time."""
    back_url = way_back(link_token, failure_payload(failure, integration=integration))
    return refused(
        asked,
        link_token.host_app if link_token else None,
        failure,
        integration=integration,
        back_url=back_url,
        return_to="" if link_token and link_token.spent_at else way_back(link_token, {}),
    )


def refused(
    asked: LinkRequest,
    host_app: HostApp | None,
    failure: LinkFailure,
    *,
    integration: str = INTEGRATION,
    back_url: str = "",
    return_to: str = "",
) -> LinkPage:
    page = {
        "targets": targets(asked, host_app),
        "payload": failure_payload(failure, integration=integration),
        "back": return_to,
    }
    return LinkPage(
        template="failed",
        host_app=host_app,
        context={"failure": failure, "asked": asked, "page": page, "back_url": back_url},
        status=failure.status,
        framed_by=framers(asked, host_app),
    )
