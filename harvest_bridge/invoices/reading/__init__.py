"""Invoices and estimates as hosts read them: from the mirror, each with one status."""
