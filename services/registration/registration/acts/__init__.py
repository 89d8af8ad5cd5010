"""Acts on a whole edition: postponed, postponed without dates yet, cancelled."""
