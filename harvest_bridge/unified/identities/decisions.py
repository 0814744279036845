"""Decisions of people about identities: confirm, reject, override; each is recorded."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from harvest_bridge.connections.models import Connection
from harvest_bridge.webhooks.erasure import erase_people

from . import events
from .errors import HarvestUserClaimed, NoSuchHarvestUser, NothingSuggested
from .models import Basis, HarvestUser, Identity, IdentityEvent, IdentityState
from .queries import harvest_users_of, identities_of, identity_of

What = IdentityEvent.What
DECISIONS = ("confirm", "reject", "override")


@transaction.atomic
def confirm(*, identity: Identity, actor: str, harvest_user_id: int | None = None) -> Identity:
    """A suggestion is right: the only one, or the one named.

    Errors: NoSuchIdentity, NothingSuggested, HarvestUserClaimed, NoSuchHarvestUser.
    """
    identity = _held(identity)
    suggested = [candidate["harvest_user_id"] for candidate in identity.candidates]
    if harvest_user_id is None and identity.state == IdentityState.SUGGESTED:
        harvest_user_id = suggested[0]
    if harvest_user_id is None or harvest_user_id not in suggested:
        raise NothingSuggested(
            "harvest_user_id: there is no single suggestion to confirm; name one of the candidates, "
            "or choose anybody else by `override`."
        )
    return _matched(identity, harvest_user_id, basis=Basis.CONFIRMED, what=What.CONFIRMED, actor=actor)


@transaction.atomic
def reject(*, identity: Identity, actor: str, harvest_user_id: int | None = None) -> Identity:
    """One candidate, or all of them, or the present match is wrong, and is never suggested again.

    Errors: NoSuchIdentity, NothingSuggested.
    """
    identity = _held(identity)
    offered = [candidate["harvest_user_id"] for candidate in identity.candidates]
    offered += [identity.harvest_user_id] if identity.harvest_user_id else []
    wrong = offered if harvest_user_id is None else [one for one in offered if one == harvest_user_id]
    if not wrong:
        raise NothingSuggested("harvest_user_id: this identity has no such candidate to reject.")
    left = [one for one in identity.candidates if one["harvest_user_id"] not in wrong]
    identity.rejected = sorted({*identity.rejected, *wrong})
    if identity.harvest_user_id is None or identity.harvest_user_id in wrong:
        # What is left was second best: a person looks at it, nothing is taken for clear.
        identity.unmatch(IdentityState.AMBIGUOUS if left else IdentityState.UNMATCHED, left)
    for one in wrong:
        IdentityEvent.objects.create(identity=identity, what=What.REJECTED, harvest_user_id=one, actor=actor[:255])
    return _saved(identity)


@transaction.atomic
def override(*, identity: Identity, actor: str, harvest_user_id: int | None, takes_over: bool = False) -> Identity:
    """Any Harvest user of the account, or None to end the match.

    Shape: `takes_over` gives them to this person although they are another's, who becomes unmatched.
    Errors: NoSuchIdentity, HarvestUserClaimed, NoSuchHarvestUser.
    """
    identity = _held(identity)
    if harvest_user_id is not None:
        if takes_over:
            _release(identity, harvest_user_id, actor)
        return _matched(identity, harvest_user_id, basis=Basis.OVERRIDE, what=What.OVERRIDDEN, actor=actor)
    before = identity.harvest_user_id
    if before:
        identity.rejected = sorted({*identity.rejected, before})
    identity.unmatch()
    IdentityEvent.objects.create(identity=identity, what=What.UNLINKED, harvest_user_id=before, actor=actor[:255])
    return _saved(identity)


def decide(
    *, identity: Identity, decision: str, actor: str, harvest_user_id: int | None = None, takes_over: bool = False
) -> Identity:
    """One of `DECISIONS`, by its name. Errors: those of the three."""
    match decision:
        case "confirm":
            return confirm(identity=identity, actor=actor, harvest_user_id=harvest_user_id)
        case "reject":
            return reject(identity=identity, actor=actor, harvest_user_id=harvest_user_id)
        case _:
            return override(identity=identity, actor=actor, harvest_user_id=harvest_user_id, takes_over=takes_over)


@transaction.atomic
def erase(*, identity: Identity) -> None:
    """Forget the person, the match and its history, and what kept events say of them. Errors: NoSuchIdentity."""
    erase_all(Identity.objects.filter(pk=_held(identity).pk))


@transaction.atomic
def erase_all(identities: QuerySet[Identity]) -> None:
    """The same of many."""
    people: dict[tuple[UUID, str], set[str]] = defaultdict(set)
    rows = identities.order_by().values_list("connection__host_app", "connection__tenant_id", "external_id")
    for host_app_id, tenant_id, external_id in rows:
        people[host_app_id, tenant_id].add(external_id)
    for (host_app_id, tenant_id), user_ids in people.items():
        erase_people(host_app_id=host_app_id, tenant_id=tenant_id, user_ids=user_ids)
    identities.delete()


def hold(connection: Connection) -> None:
    """Decisions and runs about one connection take turns. Within a transaction."""
    Connection.objects.select_for_update().get(pk=connection.pk)


def _held(identity: Identity) -> Identity:
    """The row as it is now, which nobody else changes until we are done."""
    hold(identity.connection)
    return identity_of(identity.connection, str(identity.pk))


def _matched(identity: Identity, harvest_user_id: int, *, basis: Basis, what: str, actor: str) -> Identity:
    user = _harvest_user(identity, harvest_user_id)
    claimed = identities_of(identity.connection).filter(harvest_user_id=harvest_user_id).exclude(pk=identity.pk).first()
    if claimed:
        raise HarvestUserClaimed(
            f"harvest_user_id: {user} is matched to {claimed.external_id!r} already; "
            "end that match, or set `take_over`.",
            claimed_by=claimed.external_id,
        )
    identity.match(harvest_user_id, basis=basis, flag=user.flag)
    identity.rejected = [one for one in identity.rejected if one != harvest_user_id]
    IdentityEvent.objects.create(identity=identity, what=what, harvest_user_id=harvest_user_id, actor=actor[:255])
    events.publish(identity.connection, events.MATCHED, [identity])
    return _saved(identity)


def _release(identity: Identity, harvest_user_id: int, actor: str) -> None:
    _harvest_user(identity, harvest_user_id)
    for other in identities_of(identity.connection).filter(harvest_user_id=harvest_user_id).exclude(pk=identity.pk):
        other.rejected = sorted({*other.rejected, harvest_user_id})
        other.unmatch()
        IdentityEvent.objects.create(
            identity=other, what=What.TAKEN_OVER, harvest_user_id=harvest_user_id, actor=actor[:255]
        )
        _saved(other)


def _harvest_user(identity: Identity, harvest_user_id: int) -> HarvestUser:
    user = harvest_users_of(identity.connection).filter(harvest_user_id=harvest_user_id, is_gone=False).first()
    if user is None:
        raise NoSuchHarvestUser(
            f"harvest_user_id: this Harvest account has no user {harvest_user_id}; "
            "if they are new, start a matching run, which reads Harvest's users again."
        )
    return user


def _saved(identity: Identity) -> Identity:
    identity.version += 1
    identity.updated_at = timezone.now()
    identity.save()
    return identity
