"""Finds the project rule that applies to an item."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from harvest_bridge.hosts.models import HostApp
from timer_widget.models import ProjectRule


def rule_for(host_app: HostApp, item: Mapping[str, Any], *, tenant_id: str = "") -> ProjectRule | None:
    """The first rule that fits; a customer's own rules go before those for all.

    `item` in the words of the timer's API; `group_id`, `group_name`, `labels` (a list) are looked at. One query.
    """
    rules = ProjectRule.objects.filter(Q(tenant_id="") | Q(tenant_id=tenant_id), host_app=host_app)
    fitting = [rule for rule in rules if rule.fits(item)]
    return min(fitting, key=lambda rule: rule.tenant_id == "", default=None)
