"""Compares mirrors with Harvest, list by list and month by month."""
