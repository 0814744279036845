"""The timer in the operators' admin."""
