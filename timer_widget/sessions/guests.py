"""Sign-in without a host back end (D4): people known by the Harvest account that they link in this browser.

The sign-in window hands a code to the frame that opened it. For the code the frame gets a session, and a kept sign-in:
a partitioned cookie that buys the next session on the same origin, so that a reload asks nobody. Where browsers keep
no such cookie, the window opens once more, and asks for one click.
"""

from __future__ import annotations

import secrets
import time
from datetime import timedelta

from django.core import signing
from django.utils import timezone

from harvest_bridge.connections.models import Connection, LinkToken, Status
from harvest_bridge.connections.pages import wording
from harvest_bridge.connections.queries import personal_connection
from harvest_bridge.connections.services import create_link_token
from harvest_bridge.crypto.tokens import new_token, token_hash
from harvest_bridge.hosts.models import HostApp
from harvest_bridge.hosts.queries import host_app_at
from timer_widget.errors import OriginNotAllowed, PopupSignInForbidden, SignInNeeded
from timer_widget.models import Person, SignInCode, TimerSession, TimerSettings

from .exchange import normal_or_refused, open_session

TENANT = "guests"
CODE_PREFIX = "hb_si_"
CODE_LIFE = timedelta(minutes=1)
LINK_LIFE = timedelta(hours=1)
KEPT_LIFE = timedelta(days=30)
_SALT = "timer_widget.kept sign-in"


def new_guest() -> str:
    """A user id for somebody who has not said who they are."""
    return f"guest-{secrets.token_hex(12)}"


def connection_of(host_app: HostApp, user_id: str) -> Connection | None:
    """The guest's own linked account, if it works."""
    found = personal_connection(host_app, tenant_id=TENANT, user_id=user_id) if user_id else None
    return found if found and found.status == Status.ACTIVE else None


def link_token_for(*, host_app: HostApp, guest: str, origin: str, home: str) -> LinkToken:
    """What a guest links with, bound to this browser: its text goes nowhere, the browser's memory names the row."""
    text = create_link_token(
        host_app=host_app,
        tenant_id=TENANT,
        user_id=guest,
        tenant_name=origin,
        user_name=wording.this_browser(),
        redirect_uri=home,
        proof=secrets.token_urlsafe(32),
        life=LINK_LIFE,
    )
    return LinkToken.objects.select_related("host_app").get(token_hash=token_hash(text))


def issue_code(*, host_app: HostApp, connection: Connection, origin: str) -> str:
    """A code by which the frame at `origin` becomes this guest."""
    person, _ = Person.objects.update_or_create(
        host_app=host_app,
        tenant_id=TENANT,
        user_id=connection.user_id,
        defaults={"name": connection.linked_by[:255], "last_seen_at": timezone.now()},
    )
    text = new_token(CODE_PREFIX)
    SignInCode.objects.create(
        code_hash=token_hash(text), person=person, origin=origin, expires_at=timezone.now() + CODE_LIFE
    )
    return text


def session_by_code(*, code: str, origin: str) -> tuple[TimerSession, str]:
    """A session for a code, which is spent whatever comes of it. Errors: SignInNeeded, PopupSignInForbidden."""
    asked = normal_or_refused(origin)
    row = SignInCode.objects.select_related("person__host_app").filter(code_hash=token_hash(code)).first()
    was_there, _ = SignInCode.objects.filter(code_hash=token_hash(code)).delete()
    if row is None or not was_there or row.origin != asked or row.expires_at <= timezone.now():
        raise SignInNeeded("code: this sign-in is used up, too old or meant for another page; sign in once more.")
    return _session(row.person, asked)


def session_by_kept(*, kept: str, origin: str) -> tuple[TimerSession, str]:
    """A session for a sign-in that this browser keeps for `origin`. Errors: SignInNeeded, PopupSignInForbidden."""
    asked = normal_or_refused(origin)
    host_app = allowed_host_app(asked)
    try:
        person_id, kept_origin, kept_at = signing.loads(kept, salt=_SALT, max_age=KEPT_LIFE)
    except (signing.BadSignature, ValueError) as error:
        raise SignInNeeded("Sign in with Harvest to track time here.") from error
    person = Person.objects.select_related("host_app").filter(pk=person_id, host_app=host_app).first()
    is_void = person is None or (person.signed_out_at and person.signed_out_at.timestamp() >= kept_at)
    if person is None or is_void or kept_origin != asked:
        raise SignInNeeded("Sign in with Harvest to track time here.")
    return _session(person, asked)


def kept_sign_in(session: TimerSession) -> str:
    """What the browser keeps: signed, for this person on this origin."""
    return signing.dumps([session.person_id, session.origin, time.time()], salt=_SALT)


def allowed_host_app(origin: str) -> HostApp:
    """The host app at `origin`, where it allows this way of signing in.

    Errors: OriginNotAllowed, PopupSignInForbidden.
    """
    host_app = host_app_at(origin)
    if host_app is None:
        raise OriginNotAllowed(f"origin: {origin} is not among a host app's allowed origins; add it in the admin.")
    if not TimerSettings.of(host_app).allows_popup_sign_in:
        raise PopupSignInForbidden(
            "This page gave no widget token, and its host app does not let people sign in by popup; "
            "set `tokenUrl`, or allow it in the admin."
        )
    return host_app


def _session(person: Person, origin: str) -> tuple[TimerSession, str]:
    if allowed_host_app(origin).pk != person.host_app_id:
        raise OriginNotAllowed(f"origin: {origin} belongs to another host app now; sign in once more.")
    return open_session(person=person, origin=origin, item_ids=None)
