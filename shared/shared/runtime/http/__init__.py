"""What every HTTP API has in common."""
