"""Charters: the versions, what each says, and what one says otherwise than another."""

from fastapi import Request, Response

from labelling.charters import operations, store
from labelling.charters.api import Version
from labelling.domain.charter import Charter
from labelling.domain.differences import differences
from labelling.pages.members import Member
from labelling.redecisions import store as redecisions
from shared import pages
from shared.runtime.database import Connection
from shared.runtime.http.problems import not_found
from shared.runtime.http.reading import Reading

router = pages.router("/comite/chartes")


@router.get("")
async def charters(request: Request, connection: Reading, member: Member) -> Response:  # noqa: ARG001 - lets members in
    """All published versions, the latest first."""
    known = await store.read_all(connection)
    return pages.render(request, "committee/charters.html", charters=known)


@router.get("/{version}")
async def charter(request: Request, version: Version, connection: Reading, member: Member) -> Response:  # noqa: ARG001
    """A version whole, and how far deciding again by it has come."""
    known = await store.read_all(connection)
    return pages.render(
        request,
        "committee/charter.html",
        charter=await _read(connection, version),
        row=next(each for each in known if each["version"] == version),
        others=[each["version"] for each in known if each["version"] != version],
        redecision=await redecisions.read(connection, version),
    )


@router.get("/{version}/differences")
async def compared(request: Request, version: Version, connection: Reading, member: Member) -> Response:  # noqa: ARG001
    """What it says otherwise than the version `since`, in words, criterion by criterion."""
    after = await _read(connection, version)
    before = await _read(connection, request.query_params.get("since", ""))
    found = differences(before, after)
    names = list(dict.fromkeys(each.criterion for each in found))
    return pages.render(
        request,
        "committee/differences.html",
        before=before,
        after=after,
        groups=[(name, [each for each in found if each.criterion == name]) for name in names],
    )


async def _read(connection: Connection, version: str) -> Charter:
    found = await operations.read(connection, version)
    if found is None:
        raise not_found("charter", version)
    return found
