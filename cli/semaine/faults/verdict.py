"""The verdict: the ledger against everything that the system holds and has told."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from semaine.audit.audit import audit
from semaine.audit.differences import Difference
from semaine.backlog import BacklogReader
from semaine.faults import facts as reading
from semaine.faults import streams
from semaine.faults.disturbances import Disturbance
from semaine.faults.endpoint.receipts import WebhookReceived
from semaine.faults.expected import Expected, expected
from semaine.faults.facts import Facts
from semaine.faults.judging.acts import judge_acts, judge_order, judge_told, reached
from semaine.faults.judging.counters import judge_counters
from semaine.faults.judging.decisions import judge_decisions, judge_transitions
from semaine.faults.judging.guests import judge_guests
from semaine.faults.judging.notices import Arrival, judge_arrivals, judge_deliveries, webhook_id
from semaine.faults.judging.operations import judge_operations
from semaine.faults.judging.published import judge_catalogue, published_counters
from semaine.faults.judging.registration import judge_registration
from semaine.faults.judging.streams import judge_streams
from semaine.faults.ledger import Ledger
from semaine.faults.mails import received_mails
from semaine.faults.streams import Appearance
from semaine.faults.violation import Violation
from semaine.settling import settle
from shared.contracts.topics import Service

__all__ = ["Violation", "come_to_rest", "judge"]

_LOOK_SECONDS = 0.5
_COUNTING_SECONDS = 1.5
"""The counters are published at most four times a second, after what they count."""
_MOST_IDS = 5


async def come_to_rest(*, database_urls: Mapping[Service, str], bootstrap_servers: str, patience: float) -> None:
    """
    Wait until nothing is on its way any more, webhooks to be tried again included.

    `patience`: seconds without any progress after which `NotSettledError` is raised; webhooks are waited for as long as
    that, and left to the verdict then.
    """
    async with BacklogReader(database_urls=database_urls, bootstrap_servers=bootstrap_servers) as backlog:
        await settle(backlog, patience=patience)
        for _ in range(int(patience / _LOOK_SECONDS)):
            if not await reading.pending_deliveries(database_urls["notifications"]):
                break
            await asyncio.sleep(_LOOK_SECONDS)
        await asyncio.sleep(_COUNTING_SECONDS)
        await settle(backlog, patience=patience)


async def judge(
    *,
    ledger: Ledger,
    database_urls: Mapping[Service, str],
    bootstrap_servers: str,
    mail_url: str,
    received: Sequence[WebhookReceived],
    disturbances: Sequence[Disturbance],
    figures: dict[str, int] | None = None,
) -> list[Violation]:
    """
    Every promise broken. To be asked after `come_to_rest`; addresses are those of the servers, not of proxies.

    `figures` gets how much was compared, and how much of it had come again.
    """
    appearances = await streams.read_back(bootstrap_servers=bootstrap_servers)
    letters = await streams.dead_letters(bootstrap_servers=bootstrap_servers)
    facts = await reading.read(database_urls)
    mails = await received_mails(mail_url)
    audited = await audit(database_urls=database_urls, bootstrap_servers=bootstrap_servers)
    known = expected(ledger, reached=reached(appearances))
    if figures is not None:
        figures |= {
            **_figures("messages", [each.id for each in appearances]),
            **_figures("mails", [each.id for each in mails]),
            **_figures("webhooks", [each.id for each in received]),
            "acts": known.editions.last,
            "acts superseded unfinished": sum(not row["told"] for row in facts.acts),
        }
    found = [
        *judge_operations(ledger, known),
        *judge_registration(known, facts),
        *judge_decisions(known, facts),
        *judge_transitions(known, facts, appearances),
        *judge_acts(known, facts),
        *judge_told(known, facts, appearances),
        *judge_guests(known, facts, appearances),
        *judge_deliveries(known, facts, disturbances),
        *_judge_mails(facts, mails, disturbances),
        *judge_order(facts, mails, disturbances),
        *_judge_webhooks(facts, received, disturbances),
        *judge_catalogue(known, facts, appearances),
        *judge_streams(appearances, sequences=facts.sequences(), disturbances=disturbances),
        *_judge_counters(known, facts, appearances, ledger.edition_id),
        *_left_over(facts, letters),
        *_audited(audited),
    ]
    return list(_with_ids(found, appearances))


def _judge_mails(facts: Facts, mails: Sequence[Arrival], disturbances: Sequence[Disturbance]) -> Iterator[Violation]:
    deliveries = {id_: row for id_, row in facts.deliveries.items() if row["channel"] == "email"}
    yield from judge_arrivals(mails, deliveries=deliveries, receiver="mail", disturbances=disturbances)
    for mail in mails:
        row = deliveries.get(mail.id)
        contact = facts.contacts.get(row["recipient_id"]) if row else None
        if contact and mail.content != contact["email"]:
            detail = f"addressed to {mail.content}, meant for {contact['email']}"
            yield Violation(kind="differs", where="received by mail", key=mail.id, detail=detail)


def _judge_webhooks(
    facts: Facts, received: Sequence[WebhookReceived], disturbances: Sequence[Disturbance]
) -> Iterator[Violation]:
    deliveries = {webhook_id(id_): row for id_, row in facts.deliveries.items() if row["channel"] == "webhook"}
    arrivals = [Arrival(id=each.id, at=each.at, content=each.digest) for each in received if each.genuine]
    yield from judge_arrivals(arrivals, deliveries=deliveries, receiver="partner", disturbances=disturbances)
    for each in received:
        if not each.genuine:
            detail = f"came at {each.at:%H:%M:%S.%f} with a signature that is not right"
            yield Violation(kind="differs", where="received by partner", key=each.id, detail=detail)


def _judge_counters(
    known: Expected, facts: Facts, appearances: Sequence[Appearance], edition_id: str
) -> Iterator[Violation]:
    held = {
        key.partition("/")[2]: {value: tuple(tally) for value, tally in row["tallies"].items()}
        for key, row in facts.counters.items()
        if key.startswith(f"{edition_id}/")
    }
    published = published_counters(appearances, edition_id=edition_id)
    yield from judge_counters(known, published=held, where="stats counters")
    yield from judge_counters(known, published=published, where="stats.counters.v1")


def _left_over(facts: Facts, letters: Mapping[str, Sequence[str]]) -> Iterator[Violation]:
    for topic, ids in letters.items():
        yield Violation(kind="lost", where=topic, key="all", detail=f"{len(ids)} dead letters: {ids[:_MOST_IDS]}")
    for service, ids in facts.dead_letters.items():
        if ids:
            detail = f"{len(ids)} messages laid aside: {ids[:_MOST_IDS]}"
            yield Violation(kind="lost", where=f"{service} dead_letters", key="all", detail=detail)
    for service, ids in facts.outboxes.items():
        if ids:
            detail = f"{len(ids)} messages were never published"
            yield Violation(
                kind="lost", where=f"{service} outbox", key="all", detail=detail, message_ids=tuple(ids[:_MOST_IDS])
            )


def _figures(what: str, ids: Sequence[str]) -> dict[str, int]:
    return {what: len(set(ids)), f"{what} again": len(ids) - len(set(ids))}


def _audited(differences: Iterable[Difference]) -> Iterator[Violation]:
    for each in differences:
        yield Violation(kind=each.kind, where=f"audit: {each.where}", key=each.key, detail=each.detail)


def _with_ids(violations: Iterable[Violation], appearances: Sequence[Appearance]) -> Iterator[Violation]:
    """Each with the last messages about its key, where it names none itself."""
    about: dict[str, list[str]] = {}
    for each in appearances:
        about.setdefault(each.key, []).append(each.id)
    for violation in violations:
        ids = about.get(violation.key.partition(" ")[0], [])
        yield violation if violation.message_ids else replace(violation, message_ids=tuple(ids[-_MOST_IDS:]))
