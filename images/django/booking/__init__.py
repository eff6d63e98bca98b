"""Rooms and their bookings."""
