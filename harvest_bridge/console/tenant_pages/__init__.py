"""Customers of host apps in the admin: one page that brings together what there is of each."""
