"""What `semaine` can do, one module per command."""
