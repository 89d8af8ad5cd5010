"""How the programme is written: one module per format, each a pure function."""
