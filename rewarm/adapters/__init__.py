"""Reach: carriers, files, calendars and packs; take and return values."""
