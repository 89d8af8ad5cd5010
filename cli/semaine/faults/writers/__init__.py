"""Concurrent writers: they use the public API as organisers, visitors and the committee do, and keep the ledger."""

from semaine.faults.writers.writers import Writers

__all__ = ["Writers"]
