"""A whole system on one machine: its folder, its addresses, its processes."""
