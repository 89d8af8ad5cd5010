"""What is known of a person, by their address: exported, or erased from this service and, by tombstones, from others."""
