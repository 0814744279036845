"""Payments here against payments in Harvest, and what mends each difference."""
