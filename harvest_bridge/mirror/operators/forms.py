"""The admin's forms: what to read now, what to compare, and a schedule of a mirror's own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget

from harvest_bridge.mirror.models import Kind, Mirror
from harvest_bridge.mirror.resources import BY_NAME, RESOURCES

from .status_page import title_of

_KINDS = [
    (Kind.HOT, "What changed since the last pass"),
    (Kind.WINDOW, "The last 14 days, whole"),
    (Kind.SWEEP, "Everything, which also settles deletes"),
]
ALL = [(row.name, title_of(row.name)) for row in RESOURCES]


class ResourcesField(forms.MultipleChoiceField):
    """Names of resources; none chosen is all."""

    def __init__(self, choices: Iterable[tuple[str, str]], **more: Any) -> None:
        super().__init__(
            choices=choices, required=False, help_text="None: all.", widget=forms.CheckboxSelectMultiple, **more
        )


class RunNowForm(forms.Form):
    """As `POST /mirror/sync`."""

    kind = forms.ChoiceField(choices=_KINDS, initial=Kind.HOT, label="Read", widget=UnfoldAdminSelectWidget)
    resources = ResourcesField(ALL)

    def __init__(self, mirror: Mirror, *args: Any) -> None:
        super().__init__(*args)
        kept = set(mirror.streams.values_list("resource", flat=True))
        chosen: Any = self.fields["resources"]
        chosen.choices = [(name, title) for name, title in ALL if name in kept and not BY_NAME[name].parent]


class CompareForm(forms.Form):
    """Which list the sample is taken of."""

    resource = forms.ChoiceField(label="Sample of", widget=UnfoldAdminSelectWidget)

    def __init__(self, names: Iterable[str], *args: Any) -> None:
        super().__init__(*args)
        chosen: Any = self.fields["resource"]
        chosen.choices = [(name, title_of(name)) for name in names]
        if "time_entries" in dict(chosen.choices):
            chosen.initial = "time_entries"


def _seconds(label: str, least: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=f"{label}, seconds",
        min_value=least,
        max_value=7 * 86400,
        required=False,
        widget=UnfoldAdminIntegerFieldWidget,
    )


class ScheduleForm(forms.Form):
    """A mirror's own schedule; an empty field is the host app's."""

    hot_seconds = _seconds("Changes every", 60)
    window_seconds = _seconds("The last 14 days every", 300)
    sweep_seconds = _seconds("Everything every", 3600)
    history_days = forms.IntegerField(
        label="How many days back",
        help_text="Empty: as the host app says, or everything.",
        min_value=1,
        max_value=36500,
        required=False,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    resources = ResourcesField(ALL)
