"""Addresses as contracts take them."""

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.contracts.base import EmailAddress

ADDRESSES = TypeAdapter(EmailAddress)


@pytest.mark.parametrize("address", ["a@b.example", "camille.moreau+semaine@mairie.nantes.example", "é@bœuf.example"])
def test_an_address_is_taken_by_its_shape(address):
    assert ADDRESSES.validate_python(address) == address


@pytest.mark.parametrize("address", ["a", "a@b", "a@.example", "a b@c.example", "a\0@b.example", "a@b\0.example"])
def test_what_no_database_could_keep_is_no_address(address):
    with pytest.raises(ValidationError):
        ADDRESSES.validate_python(address)
