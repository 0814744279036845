"""Deals straight from a CRM: templates, and the webhook bodies that fill them."""
