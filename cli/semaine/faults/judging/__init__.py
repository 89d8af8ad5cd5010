"""One module per promise: each compares what must be with what is, and names every difference. No I/O."""
