"""What is known of a person, by address: exported, or erased here and, by tombstones, elsewhere."""
