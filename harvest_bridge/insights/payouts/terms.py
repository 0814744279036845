"""What a period is planned by, and how far it is."""

from __future__ import annotations

from django.db import models


class PeriodKind(models.TextChoices):
    WEEKLY = "weekly", "Weekly"
    FORTNIGHTLY = "fortnightly", "Fortnightly"
    TWICE_A_MONTH = "twice_a_month", "Twice a month"
    MONTHLY = "monthly", "Monthly"
    FREE = "free", "Free"


class Policy(models.TextChoices):
    """Which stopped time is paid."""

    APPROVED = "approved", "Approved time only"
    ALL = "all", "All time, approved or not"


class RateSource(models.TextChoices):
    COST_RATE = "cost_rate", "The entry's own cost rate in Harvest"
    PAYOUT_RATE = "payout_rate", "Payout rates kept here"


class CostCurrency(models.TextChoices):
    """In which currency Harvest's cost rates are taken."""

    ACCOUNT = "account", "The account's"
    CLIENT = "client", "The client's"


class PeriodState(models.TextChoices):
    DRAFT = "draft", "Draft"
    VERIFIED = "verified", "Verified"
    CLOSED = "closed", "Closed"
    EXPORTED = "exported", "Exported"
    PAID = "paid", "Paid"


CLOSED_STATES = (PeriodState.CLOSED, PeriodState.EXPORTED, PeriodState.PAID)
