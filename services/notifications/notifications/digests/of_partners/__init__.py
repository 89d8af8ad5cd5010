"""Digests for partners: what became of the events that they subscribe to, and how their webhooks stand."""
