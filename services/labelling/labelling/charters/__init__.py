"""Charters: published versions, and those that come with the service as YAML."""
