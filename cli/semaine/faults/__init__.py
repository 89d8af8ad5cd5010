"""The ledger test: a whole system under faults, compared with what it acknowledged."""
