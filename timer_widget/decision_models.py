"""What was decided about clicks that had failed."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from harvest_bridge.stored_json import StoredJSONField


class DecisionBy(models.TextChoices):
    PERSON = "person", "The person"
    OPERATOR = "operator", "An operator"
    BRIDGE = "bridge", "The bridge, as the account was linked again"


class DecisionKind(models.TextChoices):
    RETRY = "retry", "Carry out again"
    CHANGE = "change", "Change and carry out"
    DROP = "drop", "Drop"


class Decision(models.Model):
    """One decision, which is never changed: the click's row alone tells only what came of the last one."""

    intent = models.ForeignKey("timer_widget.Intent", on_delete=models.CASCADE, related_name="decisions")
    at = models.DateTimeField(default=timezone.now)
    by = models.CharField(max_length=10, choices=DecisionBy.choices)
    operator = models.CharField(max_length=255, blank=True, help_text="The operator's name.")
    decision = models.CharField(max_length=10, choices=DecisionKind.choices)
    changes = StoredJSONField(shortens=True, null=True, help_text="What was put right, by field.")
    outcome = StoredJSONField(shortens=True, null=True, help_text="What the click had failed with.")

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.decision} by {self.operator or self.by}"
