"""Which service serves which pages: what the gateway's configurations say, and the tests hold them to."""

from collections.abc import Mapping
from types import MappingProxyType

from shared.contracts.topics import Service

PAGES: Mapping[Service, tuple[str, ...]] = MappingProxyType(
    {
        "registration": (
            "programme",
            "evenements",
            "organisateur",
            "programmation",
            "signin",
            "signout",
            "static",
            "a",
            "mes-donnees",
            "robots.txt",
            "sitemap.xml",
        ),
        "labelling": ("comite", "recours"),
        "notifications": ("partenaires", "envois", "recapitulatif"),
        "stats": ("direct",),
    }
)
"""First segments of paths. The home page, `/`, is registration's too."""

HOMES: Mapping[str, str] = MappingProxyType(
    {"organiser": "/organisateur", "staff": "/comite", "referent": "/comite", "partner": "/partenaires"}
)
"""Where who signs in begins, by role."""


def local(path: str | None, *, otherwise: str) -> str:
    """The path if it is one of this site; an address elsewhere, or none, is `otherwise`."""
    if path is None or not path.startswith("/") or path.startswith(("//", "/\\")):
        return otherwise
    return path if path.isprintable() and "\\" not in path else otherwise
