"""Payment providers' own webhooks: signatures, what a body means, and what is recorded of it. No body is kept."""
