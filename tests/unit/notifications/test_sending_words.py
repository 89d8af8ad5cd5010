"""The log of what was sent has words for every kind of notice and for all that may become of one."""

from typing import get_args

import pytest

from notifications.deliveries.domain import Status
from notifications.pages import mail_answers
from shared.contracts.base import Language
from shared.contracts.notifications import NoticeKind
from shared.contracts.topics import SERVICES, TOPICS
from shared.pages.languages import Texts


@pytest.fixture(params=get_args(Language))
def texts(request):
    return Texts(request.param, ("shared.pages", "notifications.pages"))


def test_every_kind_of_notice_and_every_outcome_has_words(texts):
    words = {word for _, word in mail_answers._SENTENCES} | {*mail_answers._BY_CODE.values()}
    words |= {*mail_answers._BY_SUBJECT.values(), "sent", "waiting", "again", "given_up", "refused", "full"}
    assert [word for word in words if f"mail.{word}" not in texts] == []
    assert [kind for kind in get_args(NoticeKind) if f"notice.{kind}" not in texts] == []
    statuses = get_args(Status)
    assert [each for each in statuses if f"delivery.{each}" not in texts or f"webhook.{each}" not in texts] == []


def test_every_topic_and_service_of_a_dead_letter_has_words(texts):
    assert [each.name for each in TOPICS if f"rebuts.topic.{each.name.replace('.', '_')}" not in texts] == []
    assert [each for each in SERVICES if f"rebuts.service.{each}" not in texts] == []
