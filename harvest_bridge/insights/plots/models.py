"""An account as the page of its plots knows it."""

from __future__ import annotations

from harvest_bridge.mirror.models import Mirror


class InsightAccount(Mirror):
    """Whoever may look at its plots holds `view_insightaccount`."""

    class Meta:
        proxy = True
        verbose_name = "account"
        verbose_name_plural = "accounts"

    def __str__(self) -> str:
        return f"Insights of {self.connection}"
