"""Lexicons that charters name, one YAML file each."""
