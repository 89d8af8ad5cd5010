"""The organiser's space, `/organisateur`: their own events, from the first draft to who came."""

from registration.pages.organiser import drafts, editing, event, space

ROUTERS = (space.router, drafts.router, editing.router, event.router)
