"""Whether somebody answers on a port of this machine."""

import asyncio
import re

from semaine.system.ports import HOST

_ANSWER_SECONDS = 5
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")
_OK = 200


async def accepts(port: int) -> bool:
    """Whether somebody accepts connections."""
    try:
        async with asyncio.timeout(1):
            _, writer = await asyncio.open_connection(HOST, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


async def missing(port: int, path: str) -> str | None:
    """
    What keeps an HTTP path from answering 200: the body of another answer, or why there is none. None if it does.

    A plain request: a whole HTTP client would take longer to make than the service to start.
    """
    request = f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nConnection: close\r\n\r\n".encode()
    try:
        async with asyncio.timeout(_ANSWER_SECONDS):
            reader, writer = await asyncio.open_connection(HOST, port)
            try:
                writer.write(request)
                answer = await reader.read()
            finally:
                writer.close()
    except ConnectionRefusedError:
        return f"nobody listens on port {port}"
    except (OSError, TimeoutError) as error:
        return str(error) or "no answer"
    status = _STATUS.match(answer)
    if status and int(status[1]) == _OK:
        return None
    return answer.partition(b"\r\n\r\n")[2].decode(errors="replace").strip() or f"GET {path} did not answer 200"
