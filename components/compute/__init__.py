"""Compute: machines and containers that services run on, and how many of them there are."""
