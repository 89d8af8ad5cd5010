"""The token of a preview: what was shown is what may be confirmed, as long as it holds."""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

import orjson
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from registration.acts.content import ActContent
from shared.runtime.tokens import MAX_TOKEN_CHARACTERS

_ISSUER = "semaine preview"
"""Not that of access tokens: no service takes it for one."""
_ALGORITHM = "Ed25519"
LIFETIME = timedelta(hours=2)
_CLAIMS = jwt.JWTClaimsRegistry(iss={"essential": True, "value": _ISSUER}, exp={"essential": True})


def sign(*, key: OKPKey, act_id: UUID, content: ActContent, state: list[object], now: datetime) -> str:
    """The token of a preview of `content`. `state`: what it was computed from."""
    claims = {
        "iss": _ISSUER,
        "act": str(act_id),
        "shown": _digest(content, state),
        "exp": int((now + LIFETIME).timestamp()),
    }
    return jwt.encode({"alg": _ALGORITHM}, claims, key, algorithms=[_ALGORITHM])


def holds(token: str, *, key: OKPKey, content: ActContent, state: list[object]) -> UUID | None:
    """The id of the act that the token allows, if it belongs to exactly this content and state and has not expired."""
    if len(token) > MAX_TOKEN_CHARACTERS:
        return None
    try:
        claims = jwt.decode(token, key, algorithms=[_ALGORITHM]).claims
        _CLAIMS.validate(claims)
        return UUID(claims["act"]) if claims.get("shown") == _digest(content, state) else None
    except (JoseError, ValueError, TypeError, KeyError):
        return None


def _digest(content: ActContent, state: list[object]) -> str:
    shown = orjson.dumps([content.model_dump(mode="json"), state], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(shown).hexdigest()
