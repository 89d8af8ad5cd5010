"""Links that need no login: ours are recognised, and nothing else is."""

import base64
from uuid import UUID, uuid4

from notifications.preferences.domain import Links


def token_of(links: Links, contact_id: UUID) -> str:
    return links.preferences(contact_id).rpartition("/")[2]


def test_a_link_is_its_persons_own(links):
    anne, zoe = uuid4(), uuid4()
    assert links.contact_of(token_of(links, anne)) == anne
    assert token_of(links, anne) != token_of(links, zoe)
    assert links.unsubscription(anne, "receipt") == f"{links.preferences(anne)}/receipt/unsubscription"


def test_no_other_link_is_taken(links):
    anne, zoe = uuid4(), uuid4()
    other = Links(public_url="https://semaine.example")
    other.open(b"another key")
    data = base64.urlsafe_b64decode(token_of(links, anne) + "=")
    crossed = base64.urlsafe_b64encode(zoe.bytes + data[16:]).rstrip(b"=").decode()
    for token in (token_of(other, anne), crossed, token_of(links, anne)[:-1], "", "é", str(anne), "a" * 43):
        assert links.contact_of(token) is None
