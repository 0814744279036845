"""The page that says why nothing can be connected from here; the host hears of it as the page opens."""

from __future__ import annotations

from django.utils.translation import gettext as _

from harvest_bridge.connections.errors import InvalidLinkToken, LinkFailure
from harvest_bridge.connections.models import LinkToken
from harvest_bridge.hosts.models import HostApp

from .asked import INTEGRATION, Asked
from .outcomes import failure_payload, framers, targets, way_back
from .shown import Shown


def invalid_link_token() -> InvalidLinkToken:
    return InvalidLinkToken(_("This link was used already, has expired, or was not copied whole."))


def refused_link(
    asked: Asked, link_token: LinkToken | None, failure: LinkFailure, *, integration: str = INTEGRATION
) -> Shown:
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
    asked: Asked,
    host_app: HostApp | None,
    failure: LinkFailure,
    *,
    integration: str = INTEGRATION,
    back_url: str = "",
    return_to: str = "",
) -> Shown:
    page = {
        "targets": targets(asked, host_app),
        "payload": failure_payload(failure, integration=integration),
        "back": return_to,
    }
    return Shown(
        template="failed",
        host_app=host_app,
        context={"failure": failure, "asked": asked, "page": page, "back_url": back_url},
        status=failure.status,
        framed_by=framers(asked, host_app),
    )
