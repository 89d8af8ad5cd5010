"""The organiser's space, `/organisateur`: their own events, from the first draft to who came."""

from registration.pages.organiser import (
    answering,
    check_in,
    drafts,
    editing,
    event,
    guests,
    history,
    importing,
    space,
)

ROUTERS = tuple(
    each.router for each in (space, drafts, editing, event, guests, check_in, history, answering, importing)
)
