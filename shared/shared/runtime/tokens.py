"""Tokens: JWT signed with Ed25519. Every service verifies offline; registration and the command line sign."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import orjson
from fastapi import Depends, Request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from shared.runtime.http.problems import Problem

Role = Literal["staff", "referent", "organiser", "partner"]
ISSUER = "semaine"
_ALGORITHM = "Ed25519"
_CLAIMS = jwt.JWTClaimsRegistry(
    iss={"essential": True, "value": ISSUER}, sub={"essential": True}, exp={"essential": True}
)
_MOST_KNOWN = 10_000
MAX_TOKEN_CHARACTERS = 4096
SESSION_COOKIE = "session"
"""Holds a token, for pages alone: no route under `/v1` looks at it."""


@dataclass(frozen=True, slots=True)
class Caller:
    """
    Who calls.

    `subject`: an organiser's or partner's id, or a person of the committee. `departements`: those of a referent.
    """

    role: Role
    subject: str
    departements: tuple[str, ...] = ()


def new_key() -> OKPKey:
    """A fresh signing key."""
    return OKPKey.generate_key("Ed25519")


def read_key(path: Path) -> OKPKey:
    """A key from a JWK file, private or public."""
    return OKPKey.import_key(orjson.loads(path.read_bytes()))


def sign(*, key: OKPKey, caller: Caller, now: datetime, lifetime: timedelta) -> str:
    """A token that says who its bearer is until `now + lifetime`."""
    claims: dict[str, str | int | list[str]] = {
        "iss": ISSUER,
        "sub": caller.subject,
        "role": caller.role,
        "iat": int(now.timestamp()),
        "exp": int((now + lifetime).timestamp()),
    }
    if caller.departements:
        claims["departements"] = list(caller.departements)
    return jwt.encode({"alg": _ALGORITHM}, claims, key, algorithms=[_ALGORITHM])


def verify(*, key: OKPKey, token: str) -> Caller:
    """
    Who bears this token.

    Raises `JoseError`, `ValueError` or `TypeError` when it is forged, expired, not yet valid or malformed.
    """
    return _verified(key, token)[0]


def _verified(key: OKPKey, token: str) -> tuple[Caller, float]:
    """The bearer, and when the token expires in seconds since 1970."""
    if len(token) > MAX_TOKEN_CHARACTERS:
        raise ValueError("it is too long")
    claims = jwt.decode(token, key, algorithms=[_ALGORITHM]).claims
    _CLAIMS.validate(claims)
    role = claims.get("role")
    if role is None or role not in get_args(Role):
        raise ValueError("unknown role")
    caller = Caller(role=role, subject=str(claims["sub"]), departements=_departements(claims))
    return caller, float(claims["exp"])


def _departements(claims: dict[str, Any]) -> tuple[str, ...]:
    """A referent's; tokens from before there could be several name one as `departement`."""
    one = claims.get("departement")
    found = claims.get("departements", [] if one is None else [one])
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise ValueError("unknown départements")
    return tuple(found)


class Tokens:
    """Verifies tokens, and remembers those that are valid: a signature takes longer to check than most requests."""

    def __init__(self, key: OKPKey) -> None:
        self._key = key
        self._known: dict[str, tuple[Caller, float]] = {}

    def known(self, header: str) -> Caller | None:
        """The bearer, if this `Authorization` header has been found valid before and its token has not expired."""
        found = self._known.get(header)
        return found[0] if found is not None and found[1] > time.time() else None

    def checked(self, token: str) -> tuple[Caller, float]:
        """The bearer of a token, and when it expires in seconds since 1970. Raises as `verify`."""
        return _verified(self._key, token)

    def bearer(self, header: str) -> Caller:
        """The bearer of an `Authorization` header. Raises as `verify`."""
        if (caller := self.known(header)) is not None:
            return caller
        self._known.pop(header, None)
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer":
            raise ValueError("not a bearer token")
        caller, expires = _verified(self._key, token)
        if len(self._known) >= _MOST_KNOWN:
            del self._known[next(iter(self._known))]
        self._known[header] = caller, expires
        return caller


async def caller_of(request: Request) -> Caller | None:
    """The bearer of the request's token; None where there is none. A wrong token is 401."""
    header = request.headers.get("authorization")
    if header is None:
        return None
    tokens: Tokens = request.app.state.tokens
    try:
        return tokens.bearer(header)
    except (JoseError, ValueError, TypeError) as error:
        raise Problem(
            401,
            "Not signed in",
            f"The token is not valid ({error or type(error).__name__}): ask for a new one.",
            headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
        ) from None


class require:  # noqa: N801 - reads as a word in route signatures
    """A dependency: the caller, who must have one of these roles; else 401 or 403."""

    def __init__(self, *roles: Role) -> None:
        self.roles = roles

    async def __call__(self, caller: Annotated[Caller | None, Depends(caller_of)]) -> Caller:
        if caller is None:
            raise Problem(
                401,
                "Not signed in",
                "Send a token: Authorization: Bearer …",
                headers={"WWW-Authenticate": "Bearer"},
            )
        if caller.role not in self.roles:
            raise Problem(403, "Not allowed", f"This is for {' or '.join(self.roles)}; you are {caller.role}.")
        return caller


Anyone = Annotated[Caller | None, Depends(caller_of)]
Staff = Annotated[Caller, Depends(require("staff"))]
