"""Settings of a host app's timer: appearance, sign-in, project rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.validators import RegexValidator
from django.db import models

from harvest_bridge.hosts.models import HostApp

from .normal_form import normal_text


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

    class Meta:
        verbose_name_plural = "timer settings"

    def __str__(self) -> str:
        return f"timer settings of {self.host_app}"

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
        return normal_text(self.value).casefold() in [normal_text(str(each)).casefold() for each in offered if each]

    def choice_among(self, projects: Iterable[Mapping[str, Any]]) -> dict[str, int] | None:
        """`{"project_id", "task_id"}` of the one project and task it names among `shown_project`s; else None."""
        project = _only(self.project, projects, ("id", "code", "name"))
        task = _only(self.task, project["tasks"], ("id", "name")) if project else None
        return {"project_id": project["id"], "task_id": task["id"]} if project and task else None


def _only(wanted: str, records: Iterable[Mapping[str, Any]], parts: tuple[str, ...]) -> Mapping[str, Any] | None:
    """The one record with this id, else code, else name; None where that is nobody's or several records'."""
    rows = list(records)
    for part in parts:
        found = [row for row in rows if normal_text(str(row.get(part) or "")) == normal_text(wanted)]
        if found:
            return found[0] if len(found) == 1 else None
    return None
