"""Exchange rates, which the host supplies: none are guessed, none are fetched."""

from __future__ import annotations

from django.db import models

from harvest_bridge.connections.models import Connection


class ExchangeRate(models.Model):
    """One unit of `source` is worth `rate` of `target`, from a day on until the next rate of the same two."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="exchange_rates")
    source = models.CharField(max_length=3)
    target = models.CharField(max_length=3)
    starts_on = models.DateField()
    rate = models.DecimalField(max_digits=20, decimal_places=10)

    class Meta:
        ordering = ("source", "target", "starts_on")
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "source", "target", "starts_on"], name="one_exchange_rate_from_a_day"
            ),
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="exchange_rates_are_positive"),
        ]

    def __str__(self) -> str:
        return f"1 {self.source} = {self.rate} {self.target} from {self.starts_on}"
