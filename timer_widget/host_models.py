"""Settings of a host app's timer: appearance, sign-in, project rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import time
from decimal import Decimal
from typing import Any

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models

from harvest_bridge.hosts.models import HostApp

from .guard_models import Weekend, look_again
from .normalization import normalize_text


class Theme(models.TextChoices):
    AUTO = "auto", "As the person's system"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class TimerSettings(models.Model):
    """One row for each host app that differs from the defaults."""

    host_app = models.OneToOneField(HostApp, on_delete=models.CASCADE, related_name="timer_settings")
    theme = models.CharField(max_length=5, choices=Theme.choices, default=Theme.AUTO, help_text="Of the panel.")
    accent = models.CharField(
        max_length=7,
        blank=True,
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", "Write the colour like #1166dd.")],
        help_text="Of the panel's main button, like #1166dd. Buttons on your pages take --harvest-timer-accent.",
    )
    allows_popup_sign_in = models.BooleanField(
        "allow sign-in by popup",
        default=True,
        help_text="Pages without a token of yours may let people sign in with Harvest in a window of ours.",
    )

    continues_entries = models.BooleanField(
        "continue the day's entry",
        default=True,
        help_text="Starting again on an item of today continues its entry, where the Harvest account counts hours. "
        "Otherwise, and in accounts with start and end times, every start makes an entry of its own.",
    )

    finds_forgotten = models.BooleanField(
        "look for forgotten timers",
        default=True,
        help_text="People are asked about a timer that runs on beyond what follows, on the clock of their Harvest "
        "profile.",
    )
    longest_run_hours = models.DecimalField(
        "longest run",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        default=Decimal(10),
        validators=[MinValueValidator(Decimal("0.01"))],
        help_text="Hours that a timer may run. Empty: any number.",
    )
    work_day_starts = models.TimeField(null=True, blank=True, default=time(8), help_text="Such as 08:00.")
    work_day_ends = models.TimeField(
        null=True,
        blank=True,
        default=time(20),
        help_text="A timer that was started before and runs on is asked about then. Before the start: on the next day. "
        "Empty: at no time of day.",
    )
    weekend = models.CharField(
        max_length=10,
        choices=Weekend.choices,
        default=Weekend.SATURDAY_SUNDAY,
        help_text="A timer that was started before it and runs into it is asked about when it begins.",
    )
    stops_forgotten_after_minutes = models.PositiveIntegerField(
        "stop by itself after",
        null=True,
        blank=True,
        help_text="Minutes after the question without an answer or another sign of the person; the timer then ends at "
        "their last sign, and they can take that back for 7 days. Empty: timers are never stopped for people.",
    )
    reminds_after_minutes = models.PositiveIntegerField(
        "remind after",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Minutes of a work day on a page of yours during which no timer runs; people are then told that they "
        "are not tracking. Empty: never.",
    )

    class Meta:
        verbose_name_plural = "timer settings"

    def __str__(self) -> str:
        return f"timer settings of {self.host_app}"

    def save(self, *args: Any, **options: Any) -> None:
        super().save(*args, **options)
        look_again(person__host_app_id=self.host_app_id)

    @classmethod
    def of(cls, host_app: HostApp) -> TimerSettings:
        """The defaults where nobody has set any."""
        return cls.objects.filter(host_app=host_app).first() or cls(host_app=host_app)


class Match(models.TextChoices):
    GROUP = "group", "Group (its id or name)"
    LABEL = "label", "Label of the item"


class ProjectRule(models.Model):
    """Items of this group, or with this label, go to this project and task unless the page says otherwise (A8)."""

    host_app = models.ForeignKey(HostApp, on_delete=models.CASCADE, related_name="project_rules")
    tenant_id = models.CharField(max_length=255, blank=True, help_text="Only for this customer. Empty: for all.")
    match = models.CharField(max_length=5, choices=Match.choices, default=Match.GROUP)
    value = models.CharField(max_length=255, help_text="Compared whole, without regard to upper and lower case.")
    project = models.CharField(max_length=255, help_text="Id, code or exact name of the Harvest project.")
    task = models.CharField(max_length=255, help_text="Id or exact name of the Harvest task.")
    position = models.PositiveIntegerField(default=0, help_text="Lower goes first; the first rule that fits counts.")

    class Meta:
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(fields=["host_app", "tenant_id", "match", "value"], name="one_rule_for_each_value")
        ]

    def __str__(self) -> str:
        return f"{self.match} “{self.value}” → {self.project}, {self.task}"

    def fits(self, item: Mapping[str, Any]) -> bool:
        """`item` in the words of the timer's API; `labels` is a list, or absent."""
        if self.match == Match.GROUP:
            offered = [item.get("group_id"), item.get("group_name")]
        else:
            offered = list(item.get("labels") or [])
        return normalize_text(self.value).casefold() in [
            normalize_text(str(each)).casefold() for each in offered if each
        ]

    def choice_among(self, projects: Iterable[Mapping[str, Any]]) -> dict[str, int] | None:
        """`{"project_id", "task_id"}` of what it names, among what `serialize_project` gives; None unless it is one."""
        project = _only(self.project, projects, ("id", "code", "name"))
        task = _only(self.task, project["tasks"], ("id", "name")) if project else None
        return {"project_id": project["id"], "task_id": task["id"]} if project and task else None


def _only(wanted: str, records: Iterable[Mapping[str, Any]], parts: tuple[str, ...]) -> Mapping[str, Any] | None:
    """The one record with this id, else code, else name; None where that is nobody's or several records'."""
    rows = list(records)
    for part in parts:
        found = [row for row in rows if normalize_text(str(row.get(part) or "")) == normalize_text(wanted)]
        if found:
            return found[0] if len(found) == 1 else None
    return None
