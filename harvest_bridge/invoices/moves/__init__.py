"""Sending invoices and moving their state, by verbs that say what they do; only `send_email` e-mails anybody."""
