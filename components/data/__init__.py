"""Databases: what holds the records of services."""
