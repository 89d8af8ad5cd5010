"""What would be missing for the label, while an event is being written: nothing is kept."""
