"""People who look at this service's pages."""

import re
from html import unescape

import httpx


class Browser:
    """Somebody signed in, as a browser does it: cookies, forms with their token, redirects followed."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def get(self, path: str) -> httpx.Response:
        return await self._http.get(path)

    async def page(self, path: str) -> str:
        answer = await self.get(path)
        assert answer.status_code == 200, answer.text
        return unescape(answer.text)

    async def send(self, path: str, page: str, **fields: object) -> httpx.Response:
        """A form of a page."""
        token = re.search(r'name="csrf" value="([^"]+)"', await self.page(page))
        assert token is not None
        return await self._http.post(path, data={"csrf": token[1], **fields})

    async def forged(self, path: str, **fields: object) -> httpx.Response:
        """A form that no page has given."""
        return await self._http.post(path, data=fields)
