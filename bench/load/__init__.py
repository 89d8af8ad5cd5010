"""Those who ask: load generators and endpoints, each a process of its own, so that nobody waits for the harness."""
