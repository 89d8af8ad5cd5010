"""Webhooks are no way into private networks."""

import ipaddress

import pytest

from notifications.webhooks.addresses import (
    AddressNotAllowedError,
    NotAnEndpointError,
    is_allowed,
    is_public,
    parse_endpoint,
    resolve,
)


@pytest.mark.parametrize("address", [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",  # noqa: S104
    "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "64:ff9b:1::7f00:1",
    "64:ff9b:1::808:808", "::127.0.0.1", "::10.0.0.1", "::ffff:0:127.0.0.1", "100.100.100.200", "168.63.129.16",
    "::ffff:168.63.129.16", "fd00:ec2::254", "192.0.0.192", "198.18.0.1", "5f00::1", "3fff::1", "240.0.0.1",
])  # fmt: skip
def test_private(address):
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.216.34", "2606:2800:220:1::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public(address):
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("url", [
    "ftp://partner.example/", "file:///etc/passwd", "https://", "partner.example", "https://u:p@partner.example/",
    "https://partner.example/#x", "https://partner.example:99999/", "https://partner.example:0/", "https://a b/",
    "http://127.0.0.1/", "http://[::1]:8080/", "http://localhost/", "http://db.localhost", "http://169.254.169.254/latest",
    "http://[::ffff:10.0.0.1]/", "javascript:alert(1)",
])  # fmt: skip
def test_what_is_no_endpoint(url):
    with pytest.raises(NotAnEndpointError):
        parse_endpoint(url, allow_private=False)


@pytest.mark.parametrize("address", [
    "169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::", "fe80::1", "fd00:ec2::254",
    "100.100.100.200", "168.63.129.16", "0.0.0.0", "::", "224.0.0.1", "ff02::1", "255.255.255.255",  # noqa: S104
])  # fmt: skip
async def test_no_metadata_and_no_link_local_address_even_where_private_ones_are_allowed(address):
    assert not is_allowed(ipaddress.ip_address(address), allow_private=True)
    with pytest.raises(AddressNotAllowedError):
        await resolve(address, 80, allow_private=True)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.0.0.1", "192.168.1.1", "fc00::1", "8.8.8.8"])
def test_private_addresses_where_they_are_allowed(address):
    assert is_allowed(ipaddress.ip_address(address), allow_private=True)


@pytest.mark.parametrize(
    "url", ["http://localhost./", "http://127.0.0.1./", "http://a.localhost./", "http://[fe80::1]/"]
)
def test_a_dot_at_the_end_hides_nothing(url):
    with pytest.raises(NotAnEndpointError):
        parse_endpoint(url, allow_private=False)


def test_private_endpoints_only_where_allowed():
    assert parse_endpoint("http://127.0.0.1:8080/hook", allow_private=True).port == 8080


async def test_a_name_that_leads_to_a_private_address_is_refused_when_connecting():
    with pytest.raises(AddressNotAllowedError):
        await resolve("localhost", 80, allow_private=False)
    assert await resolve("127.0.0.1", 80, allow_private=True) == "127.0.0.1"


@pytest.mark.parametrize("disguise", ["0x7f.1", "2130706433", "127.1", "017700000001"])
async def test_disguises_of_loopback_are_refused(disguise):
    with pytest.raises((AddressNotAllowedError, OSError)):
        await resolve(disguise, 80, allow_private=False)
