"""Signing in by pages: the mailed code, the token, the cookie, and forms that only our own pages can send."""

import re
from urllib.parse import urlencode

import httpx
import pytest

from tests.integration.registration import world
from tests.integration.registration.world import Registration

HTML = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture
async def browser(registration: Registration):
    """A client with cookies of its own that follows redirects, as a browser does."""
    async with httpx.AsyncClient(
        base_url=registration.http.base_url, timeout=30, headers=HTML, follow_redirects=True
    ) as http:
        yield http


async def csrf(browser, path="/signin"):
    page = await browser.get(path)
    return re.search(r'name="csrf" value="([^"]+)"', page.text)[1]


async def send(browser, path, page="/signin", **fields):
    return await browser.post(path, data={"csrf": await csrf(browser, page), **fields})


async def test_a_mailed_code_begins_a_session_once(registration, browser):
    email = f"{world.unique('contact')}@example.org"
    organiser = await registration.organiser(email=email)
    code = await registration.access_code(organiser.id, message=2)
    for path in ("/signin/code", f"/signin/code?{urlencode({'code': code})}"):
        assert (await browser.get(path)).status_code == 200  # as a mail scanner does: the code is not spent by it
    answer = await send(browser, "/signin/code", "/signin/code", code=code)
    assert answer.history[0].headers["location"].startswith("/organisateur")
    cookie = answer.history[0].headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert (await browser.get("/signin", follow_redirects=False)).headers["location"] == "/organisateur"
    browser.cookies.delete("session")
    again = await send(browser, "/signin/code", "/signin/code", code=code)
    assert again.status_code == 422
    assert "Ce code n’est pas valable" in again.text
    assert "session" not in browser.cookies


async def test_the_page_does_not_tell_whose_address_is_known(registration, browser):
    email = f"{world.unique('contact')}@example.org"
    organiser = await registration.organiser(email=email)
    unknown = await send(browser, "/signin", email=f"{world.unique('nobody')}@example.org")
    known = await send(browser, "/signin", email=email)
    assert known.url.path == unknown.url.path == "/signin/sent"
    assert known.text == unknown.text
    assert await registration.access_code(organiser.id, message=3)


async def test_an_impossible_address_is_kept_and_said(browser):
    answer = await send(browser, "/signin", email="nobody at home")
    assert answer.status_code == 422
    assert 'value="nobody at home"' in answer.text
    assert "Écrivez une adresse e-mail complète" in answer.text


async def test_a_token_begins_a_session_and_signing_out_ends_it(registration, browser):
    token = registration.staff["Authorization"].removeprefix("Bearer ")
    answer = await browser.post(
        "/signin/token",
        data={"csrf": await csrf(browser), "token": f" {token}\n", "next": "/comite?due=today"},
        follow_redirects=False,
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/comite?due=today")
    assert browser.cookies["session"] == token
    home = await browser.get("/")
    assert home.headers["cache-control"] == "private, no-store"
    await browser.post("/signout", data={"csrf": await csrf(browser, "/")})
    assert "session" not in browser.cookies


@pytest.mark.parametrize("foreign", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"])
async def test_nobody_is_sent_elsewhere_after_signing_in(registration, browser, foreign):
    token = registration.staff["Authorization"].removeprefix("Bearer ")
    form = {"csrf": await csrf(browser), "token": token, "next": foreign}
    answer = await browser.post("/signin/token", data=form, follow_redirects=False)
    assert answer.headers["location"] == "/comite"


async def test_a_forged_token_is_refused(browser):
    answer = await send(browser, "/signin/token", token="eyJhbGciOiJub25lIn0.e30.")
    assert answer.status_code == 422
    assert "session" not in browser.cookies


async def test_a_form_of_another_site_is_refused(registration, browser):
    token = await csrf(browser)
    email = f"{world.unique('contact')}@example.org"
    refused = [
        await browser.post("/signin", data={"email": email}),
        await browser.post("/signin", data={"email": email, "csrf": "x" * 86}),
        await browser.post("/signin", data={"email": email, "csrf": token}, headers={"Origin": "https://evil.example"}),
        await browser.post("/signin", data={"email": email, "csrf": token}, headers={"Origin": "null"}),
        await browser.post("/signin", data={"email": email, "csrf": token}, headers={"Sec-Fetch-Site": "cross-site"}),
        await browser.post(
            "/signin",
            data={"email": email, "csrf": token},
            headers={"Sec-Fetch-Site": "cross-site", "Origin": "null"},
        ),
    ]
    browser.cookies.delete("csrf")
    refused.append(await browser.post("/signin", data={"email": email, "csrf": token}))
    assert [answer.status_code for answer in refused] == [403] * 7
    assert "Accès refusé" in refused[0].text


async def test_a_form_of_a_page_that_sends_no_referrer_is_accepted(browser):
    sent = {"email": f"{world.unique('contact')}@example.org", "csrf": await csrf(browser)}
    answer = await browser.post("/signin", data=sent, headers={"Sec-Fetch-Site": "same-origin", "Origin": "null"})
    assert answer.status_code == 200
    assert answer.url.path == "/signin/sent"


async def test_a_session_opens_no_api(registration, browser, edition):
    token = registration.staff["Authorization"].removeprefix("Bearer ")
    await send(browser, "/signin/token", token=token)
    content = world.edition_content(number=81)
    answer = await browser.put(f"/v1/editions/{edition}", json=content)
    assert answer.status_code == 401


async def test_a_page_that_is_not_there_is_a_page_and_for_programs_a_problem(browser):
    page = await browser.get("/programme/nowhere/at/all")
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "Page introuvable" in page.text
    problem = await browser.get("/programme/nowhere/at/all", headers={"Accept": "application/json"})
    assert (problem.status_code, problem.headers["content-type"]) == (404, "application/problem+json")
    api = await browser.get("/v1/nowhere")
    assert api.headers["content-type"] == "application/problem+json"


async def test_the_language_is_the_browsers_until_another_is_chosen(browser):
    assert '<html lang="fr">' in (await browser.get("/signin")).text
    assert '<html lang="en">' in (await browser.get("/signin", headers={"Accept-Language": "en-GB,fr;q=0.5"})).text
    chosen = await browser.get("/signin?next=%2Fcomite&lang=en")
    assert '<html lang="en">' in chosen.text
    assert "/signin?next=%2Fcomite&amp;lang=fr" in chosen.text
    assert '<html lang="en">' in (await browser.get("/signin", headers={"Accept-Language": "fr"})).text


async def test_pages_are_guarded_by_their_headers(browser):
    page = await browser.get("/signin")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r"<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=", page.text)


async def test_static_files_are_kept_for_ever_under_the_address_of_their_content(browser):
    page = await browser.get("/signin")
    addresses = re.findall(r'"(/static/[^"#]+)"', page.text)
    assert len(addresses) >= 3
    for address in addresses:
        answer = await browser.get(address)
        assert answer.is_success, address
        assert "immutable" in answer.headers["cache-control"]
    old = re.sub(r"/static/\w+/", "/static/0123456789ab/", addresses[0])
    assert "immutable" not in (await browser.get(old)).headers["cache-control"]
    assert (await browser.get("/static/0123456789ab/nothing.css")).status_code == 404
