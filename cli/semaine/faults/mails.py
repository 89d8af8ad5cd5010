"""What the mail sink has."""

from datetime import datetime

import httpx

from semaine.faults.judging.notices import Arrival

_PAGE = 1000


async def received_mails(mail_url: str) -> list[Arrival]:
    """
    Every mail, under the id of the delivery that its Message-ID names, with its recipient.

    A mail that is sent again is written again, with what is known of its event by then: the recipient must be the same.
    """
    found: list[Arrival] = []
    before: dict[str, int] = {}
    async with httpx.AsyncClient(base_url=mail_url, timeout=30, trust_env=False) as client:
        while True:
            answer = await client.get("/api/messages", params={"limit": _PAGE, **before})
            messages = answer.raise_for_status().json()["messages"]
            found += [
                Arrival(
                    id=message["message_id"].strip("<>").partition("@")[0],
                    at=datetime.fromisoformat(message["received_at"]),
                    content=" ".join(message["recipients"]),
                )
                for message in messages
            ]
            if len(messages) < _PAGE:
                return found
            before = {"before": messages[-1]["id"]}
