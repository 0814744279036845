"""Frames for host pages beside the timer: a client's invoices, and insights."""
