"""State transitions of invoices, and sending them; only `send_email` e-mails anybody."""
