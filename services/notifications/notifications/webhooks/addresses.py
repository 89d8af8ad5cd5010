"""Which addresses a webhook may go to: partners name URLs, so ours must not be a way into private networks."""

import asyncio
import ipaddress
import socket
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import SplitResult, urlsplit

_CARRIERS = tuple(ipaddress.IPv6Network(each) for each in ("64:ff9b::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "::/96"))
"""IPv6 networks whose last 32 bits are an IPv4 address: NAT64, mapped, translated, compatible."""
_NEVER = tuple(
    ipaddress.ip_network(each)
    for each in (
        "0.0.0.0/8", "100.100.100.200/32", "168.63.129.16/32", "169.254.0.0/16", "192.0.0.0/24", "224.0.0.0/4",
        "240.0.0.0/4", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16",
        "fd00:ec2::254/128", "fe80::/10", "fec0::/10", "ff00::/8",
    )
)  # fmt: skip
"""
Link-local, metadata of clouds (some at addresses that look ordinary), multicast, tunnels, and what is reserved.

Nothing here is an endpoint, also where private networks are allowed.
"""
_DEFAULT_PORTS = {"http": 80, "https": 443}


class AddressNotAllowedError(Exception):
    """The endpoint's name leads to no public address."""


class NotAnEndpointError(ValueError):
    """The text is no URL of an endpoint."""


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether the address is one of the public Internet, looking into addresses that carry another one."""
    address = _innermost(address)
    return address.is_global and not _is_never(address)


def is_allowed(address: IPv4Address | IPv6Address, *, allow_private: bool) -> bool:
    """Whether an endpoint may be there. `allow_private`: also in a private network, or on this machine."""
    if not allow_private:
        return is_public(address)
    if address.is_loopback:
        return True
    address = _innermost(address)
    return (address.is_global or address.is_private) and not _is_never(address)


def _innermost(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 address carries, if it does."""
    if isinstance(address, IPv6Address):
        if address.sixtofour is not None:
            return address.sixtofour
        if int(address) > 1 and any(address in network for network in _CARRIERS):
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _is_never(address: IPv4Address | IPv6Address) -> bool:
    return address == IPv6Address(0) or any(address in network for network in _NEVER)


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
    if _names_forbidden(parts.hostname.rstrip("."), allow_private=allow_private):
        raise NotAnEndpointError("it leads to a private network; a public address is needed")
    return parts


def _names_forbidden(host: str, *, allow_private: bool) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return not allow_private
    try:
        return not is_allowed(ipaddress.ip_address(host), allow_private=allow_private)
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
        if is_allowed(ipaddress.ip_address(address), allow_private=allow_private):
            return address
    raise AddressNotAllowedError(f"{host} leads to no public address")


def port_of(parts: SplitResult) -> int:
    return parts.port or _DEFAULT_PORTS[parts.scheme]
