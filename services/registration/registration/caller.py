"""Who may act on what in `registration`."""

from uuid import UUID

from shared.runtime.http.problems import FieldError, Problem, not_found
from shared.runtime.tokens import Caller


def own_id(caller: Caller) -> UUID:
    """The organiser that a caller of this role is. 403 for a token whose subject is none."""
    try:
        return UUID(caller.subject)
    except ValueError:
        raise Problem(403, "Not allowed", "The token names no organiser: ask for a new one by e-mail.") from None


def organiser_of(caller: Caller, wanted: UUID | None) -> UUID:
    """The organiser on whose behalf the caller acts: themselves, or for staff the one they name."""
    if caller.role == "organiser":
        own = own_id(caller)
        if wanted is not None and wanted != own:
            raise Problem(403, "Not allowed", "You can act for your own organisation alone.")
        return own
    if wanted is None:
        raise Problem(
            422,
            "The request has errors",
            "Name the organiser.",
            errors=[FieldError("organiser_id", "It is missing", "Add the organiser's id.")],
        )
    return wanted


def owns(caller: Caller | None, organiser_id: UUID | None) -> bool:
    """Whether the caller is this organiser, or staff."""
    return caller is not None and (
        caller.role == "staff" or (caller.role == "organiser" and caller.subject == str(organiser_id))
    )


def check_owner(caller: Caller | None, *, organiser_id: UUID, what: str, id_: UUID) -> None:
    """Others' things do not exist for an organiser."""
    if not owns(caller, organiser_id):
        raise not_found(what, id_)
