"""People who look at this service's pages."""

import re
from html import unescape

import httpx


class Browser:
    """Somebody signed in, as a browser does it: cookies, forms as the page has them, redirects followed."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def get(self, path: str) -> httpx.Response:
        return await self._http.get(path)

    async def page(self, path: str) -> str:
        answer = await self.get(path)
        assert answer.status_code == 200, answer.text
        return unescape(answer.text)

    async def form(self, path: str, page: str) -> dict[str, str]:
        """The hidden fields of the page's form that goes to `path`."""
        forms = re.findall(r"<form[^>]*>.*?</form>", await self.page(page), re.DOTALL)
        (found,) = [each for each in forms if f'action="{path}"' in each]
        return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', found))

    async def send(self, path: str, page: str, **fields: object) -> httpx.Response:
        """A form of a page."""
        return await self.post(path, **await self.form(path, page), **fields)

    async def post(self, path: str, **fields: object) -> httpx.Response:
        return await self._http.post(path, data=fields)
