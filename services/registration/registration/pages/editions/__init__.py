"""Staff's pages of editions, `/programmation`: postponing or cancelling one, and how far that has come."""

from registration.pages.editions import act, overview, progress

ROUTERS = tuple(each.router for each in (overview, act, progress))
