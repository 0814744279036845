"""Errors of webhooks: endpoints and their events.

BridgeError         500 internal_error
├ EventsExpired     410 events_expired
├ NoSuchDelivery    404 no_such_delivery
├ NoSuchWebhook     404 no_such_webhook
├ NoTarget          409 webhook_has_no_target
├ OnlyGet           405 method_not_allowed  (webhooks.stream)
├ TargetNotAllowed  400 target_url_not_allowed
├ TooManyPolls      429 too_many_polls
└ TooManyWebhooks   409 too_many_webhooks
"""

from __future__ import annotations

from harvest_bridge.errors import BridgeError


class NoSuchWebhook(BridgeError):
    """Another host app's answers the same."""

    status = 404
    code = "no_such_webhook"


class NoSuchDelivery(BridgeError):
    status = 404
    code = "no_such_delivery"


class TargetNotAllowed(BridgeError):
    """Deliveries go to public addresses by https; to this machine itself only where the operator allows that."""

    status = 400
    code = "target_url_not_allowed"


class NoTarget(BridgeError):
    """An endpoint without a `target_url` is polled: nothing is sent to it."""

    status = 409
    code = "webhook_has_no_target"


class TooManyWebhooks(BridgeError):
    status = 409
    code = "too_many_webhooks"


class EventsExpired(BridgeError):
    """`oldest_cursor` says where to begin; what lies between is gone."""

    status = 410
    code = "events_expired"


class TooManyPolls(BridgeError):
    """Long polls that wait at once; without `wait` an answer comes at once."""

    status = 429
    code = "too_many_polls"
