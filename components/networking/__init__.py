"""Networking: private address space, routing and the ways in and out of it."""
