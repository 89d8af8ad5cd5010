"""The rules: charters, criteria, decisions and reviews. No input or output, no clock."""
