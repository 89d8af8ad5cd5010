"""Identifiers: UUIDv7, which sort by time of birth."""

from uuid import UUID

from uuid_utils import compat


def new_id() -> UUID:
    return compat.uuid7()
