"""Tokens: who they say their bearer is, and which are refused."""

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey, OKPKey
from starlette.requests import Request

from shared.runtime.http.problems import Problem
from shared.runtime.tokens import Caller, Tokens, caller_of, new_key, require, sign, verify

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
CLAIMS = {"iss": "semaine", "sub": "alex", "role": "staff", "exp": int((NOW + HOUR).timestamp())}


@pytest.fixture(scope="module")
def key() -> OKPKey:
    return new_key()


@pytest.mark.parametrize(
    "caller",
    [
        Caller("staff", "alex"),
        Caller("referent", "sam", ("2A",)),
        Caller("referent", "sam", ("44", "49")),
        Caller("organiser", "0170c2a1-f000-7b20-9001-0c3b756de503"),
        Caller("partner", "é ✓"),
    ],
)
def test_a_token_says_who_bears_it(key, caller):
    token = sign(key=key, caller=caller, now=NOW, lifetime=HOUR)
    public = OKPKey.import_key(key.as_dict(private=False))
    assert verify(key=public, token=token) == caller


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": int((NOW - HOUR).timestamp())},
        {"exp": None},
        {"nbf": int((NOW + HOUR).timestamp())},
        {"iss": "somebody"},
        {"iss": None},
        {"sub": None},
        {"role": None},
        {"role": "root"},
        {"role": ["staff"]},
        {"role": {"staff": 1}},
        {"departement": 44},
        {"departements": "44"},
        {"departements": [44]},
    ],
)
def test_a_token_with_other_claims_is_refused(key, changes):
    claims = {name: value for name, value in (CLAIMS | changes).items() if value is not None}
    token = jwt.encode({"alg": "Ed25519"}, claims, key, algorithms=["Ed25519"])
    with pytest.raises((JoseError, ValueError, TypeError)):
        verify(key=key, token=token)


def test_a_token_from_before_names_one_departement(key):
    token = jwt.encode(
        {"alg": "Ed25519"}, CLAIMS | {"role": "referent", "departement": "2A"}, key, algorithms=["Ed25519"]
    )
    assert verify(key=key, token=token).departements == ("2A",)


def test_a_token_of_another_key_is_refused(key):
    token = sign(key=new_key(), caller=Caller("staff", "alex"), now=NOW, lifetime=HOUR)
    with pytest.raises(JoseError):
        verify(key=key, token=token)


def test_the_public_key_is_no_secret_to_sign_with(key):
    """It is known to everybody: a verifier that let the token choose HS256 would take it."""
    public = key.as_dict(private=False)
    raw = base64.urlsafe_b64decode(public["x"] + "==")
    for secret in (json.dumps(public).encode(), public["x"].encode(), raw, key.as_pem(private=False)):
        signed = ".".join(_encoded(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, CLAIMS))
        signature = _encoded(hmac.digest(secret, signed.encode(), "sha256"))
        with pytest.raises(JoseError):
            verify(key=key, token=f"{signed}.{signature}")


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def test_no_other_way_of_signing_is_taken(key):
    public = OctKey.import_key(key.as_dict(private=False)["x"])
    unsigned = "eyJhbGciOiJub25lIn0." + jwt.encode({"alg": "HS256"}, CLAIMS, public).split(".")[1] + "."
    for token in (unsigned, jwt.encode({"alg": "HS256"}, CLAIMS, public)):
        with pytest.raises(JoseError):
            verify(key=key, token=token)


def request(key: OKPKey, header: str | None) -> Request:
    class App:
        class state:  # noqa: N801 - as Starlette calls it
            tokens = Tokens(key)

    headers = [] if header is None else [(b"authorization", header.encode("latin-1"))]
    return Request({"type": "http", "headers": headers, "app": App})


async def test_without_a_token_there_is_no_caller(key):
    assert await caller_of(request(key, None)) is None


async def test_the_scheme_has_no_case(key):
    token = sign(key=key, caller=Caller("staff", "alex"), now=NOW, lifetime=HOUR)
    assert await caller_of(request(key, f"bearer {token}")) == Caller("staff", "alex")


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer a.b.c", "Bearer é", "Bearer " + "x" * 9000]
)
async def test_a_wrong_header_is_401_with_what_to_do(key, header):
    with pytest.raises(Problem) as refused:
        await caller_of(request(key, header))
    assert refused.value.status == 401
    assert "ask for a new one" in refused.value.detail
    assert refused.value.headers["WWW-Authenticate"].startswith("Bearer")


async def test_a_role_that_does_not_do_is_403():
    with pytest.raises(Problem) as refused:
        await require("staff", "referent")(Caller("organiser", "x"))
    assert refused.value.status == 403
    assert refused.value.detail == "This is for staff or referent; you are organiser."
    assert await require("staff")(Caller("staff", "alex")) == Caller("staff", "alex")
