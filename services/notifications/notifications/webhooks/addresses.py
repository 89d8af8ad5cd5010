"""Which addresses a webhook may go to: partners name URLs, so ours must not be a way into private networks."""

import asyncio
import ipaddress
import socket
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import SplitResult, urlsplit

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_DEFAULT_PORTS = {"http": 80, "https": 443}


class AddressNotAllowedError(Exception):
    """The endpoint's name leads to no public address."""


class NotAnEndpointError(ValueError):
    """The text is no URL of an endpoint."""


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether the address is one of the public Internet, looking into addresses that carry another one."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.teredo is not None or address.is_site_local:
            return False
    return address.is_global and not address.is_multicast


def parse_endpoint(url: str, *, allow_private: bool) -> SplitResult:
    """
    The parts of an endpoint's URL.

    Raises `NotAnEndpointError` if it is not http(s), holds a password, or names a private address outright. Where a
    name leads is judged when it is connected to.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NotAnEndpointError(str(error)) from None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or port == 0:
        raise NotAnEndpointError("it must be like https://host/path")
    if parts.username or parts.password or parts.fragment:
        raise NotAnEndpointError("it must have no user, password or #fragment")
    if any(character <= " " or character == "\x7f" for character in url):
        raise NotAnEndpointError("it must hold no spaces")
    if not allow_private and _names_private(parts.hostname):
        raise NotAnEndpointError("it leads to a private network; a public address is needed")
    return parts


def _names_private(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return not is_public(ipaddress.ip_address(host))
    except ValueError:
        return False


async def resolve(host: str, port: int, *, allow_private: bool) -> str:
    """
    The address to connect to: the first that is allowed.

    Raises `OSError` if the name is unknown, `AddressNotAllowedError` if it leads only to addresses that are not public.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    for address in addresses:
        if allow_private or is_public(ipaddress.ip_address(address)):
            return address
    raise AddressNotAllowedError(f"{host} leads to no public address")


def port_of(parts: SplitResult) -> int:
    return parts.port or _DEFAULT_PORTS[parts.scheme]
