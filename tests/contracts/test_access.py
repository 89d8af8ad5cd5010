"""
Who may call what, over every operation of the OpenAPI documents.

Each is called without a token, with tokens that are no good, in every role that it is not for, and by somebody else who
has the role. What an owner has stays as it was, and the owner gets through: what refuses everybody protects nothing.
"""

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from shared.contracts.topics import SERVICES, Service
from shared.runtime.identifiers import new_id
from shared.runtime.tokens import Caller, Role, new_key
from tests.contracts.access import RULES, filled
from tests.contracts.called import EVENT, PARTLY_OUTSIDE, Programme

pytestmark = pytest.mark.servers
DOCS = Path(__file__).parents[2] / "docs" / "openapi"
OTHER_TEXT = f"Le musée des locomotives. {EVENT['description']}"
"""Else it would be a duplicate, and refused."""
SECRET = "À ne pas dire avant mars"
ENDLESS = "GET /v1/counters/stream"


def operations(service: Service) -> Iterator[tuple[str, list[Role] | None, bool]]:
    """Each operation of the document, the roles that it is for (None: everybody), and whether it looks at tokens."""
    document = json.loads((DOCS / f"{service}.json").read_text(encoding="utf-8"))
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            security = operation.get("security", [])
            roles = None if {} in security or not security else security[0]["token"]
            yield f"{method.upper()} {path}", roles, bool(security)


ALL = [(service, *each) for service in SERVICES for each in operations(service)]
ROLES = {(service, name): roles for service, name, roles, _ in ALL}
RESTRICTED = [(service, name, roles) for service, name, roles, _ in ALL if roles]
OWNED = [(service, name) for service in SERVICES for name, rule in RULES[service].items() if rule.others]


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_has_a_rule(service: Service):
    assert {name for name, *_ in operations(service)} == RULES[service].keys()


class Tenants:
    """One of each role that has something, and another who has nothing of it."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        partner = programme.new_partner()
        test = programme.send("notifications", "POST", f"/v1/partners/{partner}/test")
        known = ("organiser_id", "version", "decision_id")
        self.ids = {
            **programme.existing(dict.fromkeys(known, "")),
            **programme.existing({"participation_id": ""}),
            **programme.events,
            "edition_id": "2020",
            "number": "1",
            "token": "of-nobody",
            "entry_id": str(new_id()),
            "kind": "receipt",
            "import_id": self._import(),
            "partner_id": partner,
            "delivery_id": test["delivery_id"],
            "draft": programme.submit(status="draft", description=SECRET),
            "withdrawn": programme.submit(),
            "settled": programme.submit(**PARTLY_OUTSIDE | {"title": "Des locomotives", "description": OTHER_TEXT}),
        }
        programme.until(lambda: self.ids["settled"] in str(programme.read("labelling", "/v1/reviews")))
        programme.until(self._decided)
        self.owners: dict[Role, Caller] = {
            "organiser": Caller("organiser", programme.organiser),
            "partner": Caller("partner", partner),
            "referent": Caller("referent", "sam", ("44",)),
            "staff": Caller("staff", "alex"),
        }
        self.others: dict[Role, Caller] = {
            "organiser": Caller("organiser", str(new_id())),
            "partner": Caller("partner", programme.new_partner()),
            "referent": Caller("referent", "robin", ("67",)),
        }

    def _import(self) -> str:
        """A report of the organiser's own."""
        headers = self.programme.bearer(Caller("organiser", self.programme.organiser))
        url = f"{self.programme.url('registration')}/v1/imports/events?edition=2020"
        headers |= {"Content-Type": "application/x-ndjson"}
        answer = httpx.post(url, content='{"reference": "sans rien"}', headers=headers)
        return answer.json()["id"]

    def _decided(self) -> bool:
        """Nothing changes any more by itself."""
        events = self.programme.read("registration", f"/v1/events?organiser={self.programme.organiser}&limit=1000")
        return not any(event["status"] == "submitted" for event in events["events"])

    def call(self, service: Service, name: str, headers: dict[str, str]) -> httpx.Response:
        """The operation about what the owners have. A stream is not read."""
        method, path = name.split()
        rule = RULES[service][name]
        ids = self.ids | {"event_id": self.ids[rule.status]}
        content = filled(rule.body, ids)
        kind = {} if content is None else {"Content-Type": rule.media_type}
        with httpx.stream(
            method,
            self.programme.url(service) + path.format(**ids) + filled(rule.query, ids),
            content=content if content is None or isinstance(content, str) else json.dumps(content),
            headers=headers | kind,
            timeout=60,
        ) as answer:
            if name != ENDLESS:
                answer.read()
        return answer

    def everything(self) -> list[Any]:
        """What the owners have, as staff see it."""
        owner, labelled = self.programme.organiser, self.ids["labelled"]
        about: dict[Service, tuple[str, ...]] = {
            "registration": (
                f"/v1/events?organiser={owner}&limit=1000",
                f"/v1/events/{self.ids['draft']}",
                f"/v1/organisers/{owner}",
                f"/v1/events/{labelled}/participations",
            ),
            "labelling": ("/v1/reviews", f"/v1/decisions?event_id={labelled}"),
            "notifications": (f"/v1/partners/{self.ids['partner_id']}",),
        }
        return [self.programme.read(service, path) for service, paths in about.items() for path in paths]


@pytest.fixture(scope="module")
def tenants(programme: Programme) -> Tenants:
    return Tenants(programme)


def useless(programme: Programme) -> dict[str, str]:
    """`Authorization` headers that say they are of staff, by what is wrong with them."""
    staff = Caller("staff", "alex")
    good = programme.bearer(staff)["Authorization"].removeprefix("Bearer ")
    head, claims, signature = good.split(".")
    said = json.loads(base64.urlsafe_b64decode(claims + "=="))
    unsigned = _encoded({"alg": "none", "typ": "JWT"})
    public = OctKey.import_key(programme.key.as_dict(private=False)["x"])
    return {
        "expired": programme.bearer(staff, lifetime=timedelta(minutes=-1))["Authorization"],
        "alg none": f"Bearer {unsigned}.{claims}.",
        "alg none, signed": f"Bearer {unsigned}.{claims}.{signature}",
        "the public key as a secret": f"Bearer {jwt.encode({'alg': 'HS256'}, said, public)}",
        "another key": f"Bearer {_signed(new_key(), said)}",
        "changed after signing": f"Bearer {head}.{_encoded(said | {'sub': 'eve'})}.{signature}",
        "no such role": f"Bearer {_signed(programme.key, said | {'role': 'root'})}",
        "another issuer": f"Bearer {_signed(programme.key, said | {'iss': 'somebody'})}",
        "another scheme": f"Basic {good}",
        "nothing": "Bearer",
    }


def _signed(key: OKPKey, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "Ed25519"}, claims, key, algorithms=["Ed25519"])


def _encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(("service", "name", "roles", "looks"), ALL)
def test_a_token_that_is_no_good_is_no_token(tenants: Tenants, service, name, roles, looks):
    """Also where none is needed: who believes to be signed in is told otherwise. Some never look at it."""
    for what, authorization in useless(tenants.programme).items():
        answer = tenants.call(service, name, {"Authorization": authorization})
        assert (answer.status_code == 401) == looks, what
        if looks:
            assert answer.headers["www-authenticate"].startswith("Bearer"), what


@pytest.mark.parametrize(("service", "name", "roles"), RESTRICTED)
def test_who_has_not_the_role_is_refused_even_as_the_owner(tenants: Tenants, service, name, roles):
    before = tenants.everything()
    assert tenants.call(service, name, {}).status_code == 401
    for role in set(get_args(Role)) - set(roles):
        for owner in tenants.owners.values():
            headers = tenants.programme.bearer(Caller(role, owner.subject, owner.departements))
            assert tenants.call(service, name, headers).status_code == 403, (role, owner)
    assert tenants.everything() == before


@pytest.mark.parametrize(("service", "name"), OWNED)
def test_what_is_anothers_is_neither_seen_nor_changed(tenants: Tenants, service, name):
    rule, roles = RULES[service][name], ROLES[service, name]
    before = tenants.everything()
    for role, other in tenants.others.items():
        if role in rule.see_all or (roles is not None and role not in roles):
            continue
        answer = tenants.call(service, name, tenants.programme.bearer(other))
        assert answer.status_code == rule.others, answer.text
        assert SECRET not in answer.text
        assert not rule.shows or tenants.ids[rule.shows] not in answer.text
    if roles is None:
        answer = tenants.call(service, name, {})
        assert answer.status_code == rule.others
        assert not rule.shows or tenants.ids[rule.shows] not in answer.text
    assert tenants.everything() == before


@pytest.mark.parametrize(("service", "name"), OWNED)
def test_its_owner_gets_through(tenants: Tenants, service, name):
    """What refuses everybody would pass the tests above."""
    rule, roles = RULES[service][name], ROLES[service, name]
    for role in roles or ["organiser"]:
        if role == "staff" and roles != ["staff"]:
            continue
        answer = tenants.call(service, name, tenants.programme.bearer(tenants.owners[role]))
        there_is_nothing = bool(rule.nothing) and f'"title":"{rule.nothing}"' in answer.text
        assert there_is_nothing or answer.status_code in {200, 201, 202, 204, 409}, answer.text
        assert not rule.shows or tenants.ids[rule.shows] in answer.text


def test_a_partner_asks_for_no_one_elses_deliveries(tenants: Tenants):
    headers = tenants.programme.bearer(tenants.others["partner"])
    url = f"{tenants.programme.url('notifications')}/v1"
    owner = tenants.ids["partner_id"]
    assert httpx.get(f"{url}/deliveries", params={"recipient_id": owner}, headers=headers).status_code == 403
    other = tenants.others["partner"].subject
    body = {"from_delivery": tenants.ids["delivery_id"]}
    assert httpx.post(f"{url}/partners/{other}/replay", json=body, headers=headers).status_code == 422
