"""Waiting lists: who waits for a place of a full event, and whom a freed one is offered to."""
