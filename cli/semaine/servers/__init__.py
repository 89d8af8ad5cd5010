"""The real servers that a system runs on: PostgreSQL, Kafka, Caddy and a mail sink, each started from a package."""
