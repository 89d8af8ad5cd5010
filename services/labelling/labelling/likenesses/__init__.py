"""Possible duplicates: events of an edition that say nearly the same, for one look. The charter does not judge them."""
