"""Every page of every service, and public pages in the states that matter: see `looking`."""

from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

import labelling.pages
import notifications.pages
import registration.pages
import stats.pages
from tests.browser.looking import looked_at
from tests.browser.rgaa import found_by_rgaa

_EVENT = "/evenements/{event_id}"
_OWN = "/organisateur/evenements/{event_id}"
_CASE = "/comite/evenements/{event_id}"
_PARTNER = "/partenaires/{partner_id}"


@dataclass(frozen=True)
class Sight:
    """A page as somebody sees it. `route`: as the service declares it; `path`: with names of `Furniture`."""

    name: str
    route: str
    path: str = ""
    role: str | None = None


SIGHTS = (
    Sight("home", "/"),
    Sight("programme", "/programme", "/programme?q=visite"),
    Sight("programme-filtered", "/programme", "/programme?q=visite&territory=R52&type=company_visit&free=yes"),
    Sight("programme-nearly", "/programme", "/programme?q=visitte"),
    Sight("programme-nothing", "/programme", "/programme?q=xyzzy"),
    Sight("event", _EVENT, "/evenements/{event}"),
    Sight("event-full", _EVENT, "/evenements/{full}"),
    Sight("event-unpublished", _EVENT, "/evenements/{refused}"),
    Sight("signed-up", _EVENT + "/inscriptions/{participation_id}", "/evenements/{event}/inscriptions/{sign_up}"),
    Sight("place", "/a/{participation_id}", "/a/{sign_up}"),
    Sight("waiting", "/a/attente/{entry_id}", "/a/attente/{waiting}"),
    Sight("own-data", "/mes-donnees"),
    Sight("own-data-sent", "/mes-donnees/sent"),
    Sight("own-data-code", "/mes-donnees/code"),
    Sight("own-data-erased", "/mes-donnees/erased"),
    Sight("signin", "/signin"),
    Sight("signin-sent", "/signin/sent"),
    Sight("signin-code", "/signin/code"),
    Sight("registering", "/organisateur/inscription"),
    Sight("registering-sent", "/organisateur/inscription/envoyee"),
    Sight("live", "/direct"),
    Sight("not-found", "", "/programme/nulle-part"),
    Sight("organiser-space", "/organisateur", role="organiser"),
    Sight("organiser-event", _OWN, "/organisateur/evenements/{event}", "organiser"),
    Sight("organiser-refused", _OWN, "/organisateur/evenements/{refused}", "organiser"),
    Sight("organiser-draft", _OWN + "/modifier", "/organisateur/evenements/{draft}/modifier", "organiser"),
    Sight("organiser-edit", _OWN + "/modifier", "/organisateur/evenements/{event}/modifier", "organiser"),
    Sight("organiser-guests", _OWN + "/inscrits", "/organisateur/evenements/{event}/inscrits", "organiser"),
    Sight("organiser-no-guests", _OWN + "/inscrits", "/organisateur/evenements/{refused}/inscrits", "organiser"),
    Sight("organiser-check-in", _OWN + "/accueil", "/organisateur/evenements/{event}/accueil", "organiser"),
    Sight("organiser-history", _OWN + "/historique", "/organisateur/evenements/{event}/historique", "organiser"),
    Sight("organiser-answer", _OWN + "/reponse", "/organisateur/evenements/{event}/reponse", "organiser"),
    Sight("organiser-import", "/organisateur/import", role="organiser"),
    Sight("organiser-report", "/organisateur/import/{import_id}", "/organisateur/import/{file}", "organiser"),
    Sight("committee-queue", "/comite", role="staff"),
    Sight("committee-nothing", "/comite", "/comite?whose=mine", "staff"),
    Sight("committee-case", _CASE, "/comite/evenements/{review}", "staff"),
    Sight("committee-history", _CASE + "/decisions", "/comite/evenements/{refused}/decisions", "staff"),
    Sight("committee-duplicates", "/comite/doublons", "/comite/doublons?all=yes", "staff"),
    Sight("committee-level", "/comite/delais", role="staff"),
    Sight("committee-charters", "/comite/chartes", role="staff"),
    Sight("committee-charter", "/comite/chartes/{version}", "/comite/chartes/2020-1", "staff"),
    Sight(
        "committee-differences",
        "/comite/chartes/{version}/differences",
        "/comite/chartes/2020-1/differences?since=2020-1",
        "staff",
    ),
    Sight("committee-editor", "/comite/brouillon", role="staff"),
    Sight("editions", "/programmation", role="staff"),
    Sight("edition-act", "/programmation/{edition_id}", "/programmation/{edition}", "staff"),
    Sight(
        "edition-progress",
        "/programmation/{edition_id}/actes/{number}",
        "/programmation/{edition}/actes/1",
        "staff",
    ),
    Sight("sending-log", "/envois", role="staff"),
    Sight("sending-of-an-event", "/envois", "/envois?event={event}", "staff"),
    Sight("sending-nothing", "/envois", "/envois?status=bounced&channel=webhook", "staff"),
    Sight("dead-letters", "/envois/rebuts", role="staff"),
    Sight("dead-letters-replayed", "/envois/rebuts", "/envois/rebuts?state=replayed", "staff"),
    Sight("digest", "/recapitulatif", role="staff"),
    Sight("appeal", "/recours/{decision_id}", "/recours/{decision}", "organiser"),
    Sight("partners", "/partenaires", role="staff"),
    Sight("partner-new", "/partenaires/nouveau", role="staff"),
    Sight("partner", _PARTNER, "/partenaires/{endpoint}", "partner"),
    Sight("partner-for-staff", _PARTNER, "/partenaires/{endpoint}", "staff"),
    Sight("partner-change", _PARTNER + "/modifier", "/partenaires/{endpoint}/modifier", "partner"),
    Sight("partner-digest", _PARTNER + "/recapitulatif", "/partenaires/{endpoint}/recapitulatif", "partner"),
    Sight("digest-confirmation", "/recapitulatif/confirmation", "/recapitulatif/confirmation?code=kq3vA1x0T9mB7cWd"),
    Sight("partner-log", _PARTNER + "/envois", "/partenaires/{endpoint}/envois", "partner"),
    Sight("partner-documentation", "/partenaires/documentation"),
)
_FILES = {
    _EVENT + "/agenda.ics",
    _EVENT + "/image.png",
    _OWN + "/inscrits.csv",
    "/robots.txt",
    "/sitemap.xml",
    "/static/{digest}/{name}",
}


def test_every_page_is_looked_at():
    app = FastAPI(openapi_url=None)
    for service in (registration.pages, labelling.pages, notifications.pages):
        service.install(app, public_url="http://localhost")
    stats.pages.install(app, board=None, public_url="http://localhost")
    served = {route.path_format for route in iter_route_contexts(app.routes) if "GET" in route.methods}
    assert served - _FILES == {each.route for each in SIGHTS} - {""}


@pytest.mark.parametrize("sight", SIGHTS, ids=lambda sight: sight.name)
async def test_a_page_in_every_width_and_scheme_enlarged_and_by_axe(site, furniture, sight):
    async with site.page() as page:
        if sight.role:
            await site.sign_in(page, sight.role, subject_of(furniture, sight.role))
        answer = await page.goto(furniture.path(sight.path or sight.route))
        assert answer.status == (404 if sight.name in {"not-found", "event-unpublished"} else 200)
        await looked_at(page, sight.name)


@pytest.mark.parametrize("sight", [each for each in SIGHTS if not each.role], ids=lambda sight: sight.name)
async def test_a_public_page_in_english(site, furniture, sight):
    async with site.page(locale="en-GB") as page:
        await page.goto(furniture.path(sight.path or sight.route))
        assert await page.locator("html").get_attribute("lang") == "en"
        broken = await found_by_rgaa(page)
        assert not broken, broken
        assert page.said == []


def subject_of(furniture, role):
    return {"organiser": furniture.organiser.id, "partner": furniture.endpoint}.get(role, "alex")
