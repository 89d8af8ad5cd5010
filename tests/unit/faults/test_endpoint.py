"""The partner's endpoint: what it takes is on the disk first; what it turns away is not."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from standardwebhooks import Webhook

from semaine.faults.endpoint.application import application
from semaine.faults.endpoint.receipts import Receipts, read

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = '{"type":"event.published"}'


@pytest.fixture
async def endpoint(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    app = application(Receipts(tmp_path / "file"), secret_file=secret, seed=2)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://partner") as client:
        yield client, tmp_path / "file"


def signed(id_, *, at=None, secret=SECRET):
    at = (at or datetime.now(UTC)).replace(microsecond=0)
    signature = Webhook(secret).sign(id_, at, BODY)
    return {"webhook-id": id_, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}


async def test_it_keeps_exactly_what_it_acknowledged_and_takes_at_last_what_it_turned_away(endpoint):
    client, file = endpoint
    first = {}
    for number in range(150):
        first[f"msg_{number}"] = await client.post("/webhooks", content=BODY, headers=signed(f"msg_{number}"))
    turned_away = {id_ for id_, answer in first.items() if not answer.is_success}
    assert {answer.status_code for answer in first.values()} == {204, 429, 500}
    assert {each.id for each in read(file)} == first.keys() - turned_away
    for id_ in turned_away:
        assert (await client.post("/webhooks", content=BODY, headers=signed(id_))).status_code == 204
    assert sorted(each.id for each in read(file)) == sorted(first)
    assert all(each.genuine for each in read(file))


async def test_a_wrong_signature_is_kept_as_such(endpoint):
    client, file = endpoint
    answer = await client.post("/webhooks", content=BODY, headers=signed("msg_1", secret="whsec_" + "A" * 32))
    assert answer.status_code == 401
    assert [(each.id, each.genuine) for each in read(file)] == [("msg_1", False)]


async def test_what_was_signed_by_a_wrong_clock_has_to_come_again(endpoint):
    client, file = endpoint
    late = signed("msg_1", at=datetime.now(UTC) - timedelta(hours=2))
    assert (await client.post("/webhooks", content=BODY, headers=late)).status_code == 400
    assert read(file) == []


def test_a_line_cut_off_by_a_kill_was_not_acknowledged(tmp_path):
    file = tmp_path / "file"
    file.write_bytes(
        b'{"id":"msg_1","at":"2026-11-16T12:00:00+00:00","digest":"00","genuine":true}\n{"id":"msg_2","at":"20'
    )
    assert [each.id for each in read(file)] == ["msg_1"]
    assert read(tmp_path / "none") == []
