"""Digests: what waits for the committee, in one mail a day or a week to each member who wants it; and for partners."""
