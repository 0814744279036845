"""What crosses the border of /invoices/{id}/send_email."""

from __future__ import annotations

from rest_framework import serializers

from harvest_bridge.api.inputs import FlagField, StrictInput


class TransitionInput(StrictInput):
    """A verb takes nothing."""


class RecipientInput(StrictInput):
    name = serializers.CharField(max_length=255, required=False, allow_blank=True, default="")
    email = serializers.EmailField(max_length=255)


class InvoiceEmailInput(StrictInput):
    """Who is e-mailed is named; nobody is by default."""

    recipients = RecipientInput(many=True, allow_empty=False)
    subject = serializers.CharField(max_length=500, required=False, allow_blank=True)
    body = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    attach_pdf = FlagField(required=False, default=False)
    send_me_a_copy = FlagField(required=False, default=False)
    thank_you = FlagField(required=False, default=False)
