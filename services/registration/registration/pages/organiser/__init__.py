"""The organiser's space, `/organisateur`: their own events, from the first draft to who came."""

from registration.pages.organiser import check_in, drafts, editing, event, guests, space

ROUTERS = (space.router, drafts.router, editing.router, event.router, guests.router, check_in.router)
