"""Rebuilds the counted rows from the topics while the service runs: `python -m stats.rebuild`."""
