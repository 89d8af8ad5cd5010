"""Commands that call the API as staff."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from semaine.rehearsal.programme import Programme

Url = Annotated[str | None, typer.Option(metavar="URL", help="The gateway; without it, that of the system in --data.")]
Token = Annotated[
    str | None,
    typer.Option(envvar="SEMAINE_TOKEN", help="A staff token; without it, one signed with the key in --data."),
]


def called(
    call: Callable[["Programme"], Awaitable[dict[str, Any]]], *, url: str | None, token: str | None, data: Path
) -> dict[str, Any]:
    """Call the API as staff, and say its refusals in plain words."""
    import asyncio

    import httpx

    from semaine.failure import Failure
    from semaine.rehearsal.programme import ApiError, Programme

    address, bearer = _caller(url=url, token=token, data=data)

    async def run() -> dict[str, Any]:
        async with Programme(url=address, token=bearer) as programme:
            return await call(programme)

    try:
        return asyncio.run(run())
    except (ApiError, httpx.HTTPError) as error:
        raise Failure(str(error) or repr(error)) from error


def _caller(*, url: str | None, token: str | None, data: Path) -> tuple[str, str]:
    """The gateway's address and a staff token."""
    from datetime import UTC, datetime, timedelta

    from semaine.system.running import running
    from shared.runtime.tokens import Caller, read_key, sign

    if url is not None and token is not None:
        return url, token
    if url is not None:
        raise typer.BadParameter("--url goes with --token (or SEMAINE_TOKEN): `semaine token --role staff` makes one")
    system = running(data)
    signed = sign(
        key=read_key(system.folder.private_key),
        caller=Caller("staff", "semaine"),
        now=datetime.now(UTC),
        lifetime=timedelta(hours=1),
    )
    return system.public_url, token or signed
