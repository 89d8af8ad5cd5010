"""Bulk imports: files of events and of sign-ups, read row by row."""
