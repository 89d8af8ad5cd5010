"""A draft charter against an edition: what would change, before anything is published."""
