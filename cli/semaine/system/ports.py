"""TCP ports on loopback: which the parts of a system use, which are free, which are taken."""

import contextlib
import random
import socket
from collections.abc import Iterable, Mapping

from semaine.failure import Failure

HOST = "127.0.0.1"

DEFAULTS: dict[str, int] = {
    "gateway": 8080,
    "registration": 8001,
    "labelling": 8002,
    "notifications": 8003,
    "stats": 8004,
    "mail": 8025,
    "smtp": 2525,
    "postgresql": 54320,
    "kafka": 19092,
    "kafka_controller": 19093,
}
"""Name of a part to the port it listens on. `mail` is the mail sink's page, `smtp` where it takes mails."""

# Below what systems take for outgoing connections, or one of these could have the port of a server that is restarted.
_UNASSIGNED = range(20_000, 32_768)


class PortTakenError(Failure):
    """A port that is needed is taken; says which, by whom if that can be seen, and how to choose another."""


def free(names: Iterable[str] = DEFAULTS) -> dict[str, int]:
    """A free port for each name; whoever else asks for free ones within the next minute gets others."""
    wanted = list(names)
    reserved = (port for port in random.sample(_UNASSIGNED, len(_UNASSIGNED)) if _reserve(port))
    found = dict(zip(wanted, reserved, strict=False))
    if len(found) < len(wanted):
        raise PortTakenError(f"no port from {_UNASSIGNED[0]} to {_UNASSIGNED[-1]} is free: end what listens there")
    return found


def _reserve(port: int) -> bool:
    """
    Leave the port behind in TIME_WAIT, or say that it is taken.

    Servers listen on such a port, for they set SO_REUSEADDR; a bind without that is refused.
    """
    with socket.socket() as listening:
        try:
            listening.bind((HOST, port))
        except OSError:
            return False
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what waits has to allow it too
        listening.listen(1)
        with socket.create_connection((HOST, port)):
            listening.accept()[0].close()  # who closes first is the one that waits
    return True


def check(ports: Mapping[str, int]) -> None:
    """Raise `PortTakenError` if one of these cannot be listened on."""
    taken = {name: port for name, port in ports.items() if not _can_listen(port)}
    if taken:
        raise PortTakenError(
            "\n".join(
                f"port {port} ({name}) is taken{_by_whom(port)}: end that, or use --port {name}=NUMBER"
                for name, port in taken.items()
            )
        )


def _can_listen(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _by_whom(port: int) -> str:
    import psutil

    with contextlib.suppress(psutil.Error, OSError):
        for connection in psutil.net_connections("tcp"):
            if connection.laddr and connection.laddr[1] == port and connection.status == psutil.CONN_LISTEN:
                name = psutil.Process(connection.pid).name() if connection.pid else "another user's program"
                return f" by {name}" + (f" (pid {connection.pid})" if connection.pid else "")
    return ""
