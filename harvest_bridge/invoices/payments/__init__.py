"""Payments that hosts record in Harvest: one for each external id, whatever breaks on the way."""
