"""The peers: the same work without us, written as their own documentation shows it. Each is a process of its own."""
