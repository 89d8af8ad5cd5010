"""The criteria a charter may be made of, one module each: its parameters, its messages and how it judges."""
