"""Deciding again what is decided, by a charter that asked for it when it was published."""
