"""What partners need to know of topics and webhooks, made from the contracts themselves."""

from functools import cache
from importlib.resources import files
from typing import get_args

from fastapi import Request, Response

from notifications.pages import contracts
from notifications.pages.access import PATH
from notifications.partners.domain import SECRET_OVERLAP, AnnouncementType
from shared import pages
from shared.contracts.topics import TOPICS

router = pages.router(f"{PATH}/documentation")
WEBHOOK_PROGRAMS = ("webhooks.py", "webhooks.mjs", "Webhooks.java")
TOPIC_PROGRAMS = (
    "programme.py",
    "programme.mjs",
    "Programme.java",
    "kcat-whole.sh",
    "kcat-news.sh",
    "kcat-counters.sh",
)


@router.get("")
async def documentation(request: Request) -> Response:
    """For anybody: it holds nothing of anybody."""
    return pages.render(
        request,
        "partners/documentation.html",
        topics=[contracts.described(topic) for topic in TOPICS if topic.access == "public"],
        webhook_types=get_args(AnnouncementType),
        webhooks=contracts.webhook_examples(public_url=pages.site_of(request).public_url),
        overlap_hours=int(SECRET_OVERLAP.total_seconds() // 3600),
        webhook_programs=[(name, program(name)) for name in WEBHOOK_PROGRAMS],
        topic_programs=[(name, program(name)) for name in TOPIC_PROGRAMS],
    )


@cache
def program(name: str) -> str:
    """The text of a program that partners may run as it is."""
    return (files("notifications.pages") / "programs" / name).read_text(encoding="utf-8")
