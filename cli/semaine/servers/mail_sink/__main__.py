"""The process: `python -m semaine.servers.mail_sink --mails FILE --smtp-port N --http-port N`."""

import argparse
import asyncio
from pathlib import Path

import uvicorn
import uvloop

from semaine.servers.mail_sink import smtp
from semaine.servers.mail_sink.store import Store
from semaine.servers.mail_sink.view import application
from semaine.system.ports import HOST


def main() -> None:
    parser = argparse.ArgumentParser(prog="semaine.servers.mail_sink", description="Takes every mail, delivers none.")
    parser.add_argument("--mails", type=Path, required=True, help="SQLite file that keeps the mails")
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--http-port", type=int, required=True)
    given = parser.parse_args()
    uvloop.run(_serve(Store(given.mails), smtp_port=given.smtp_port, http_port=given.http_port))


async def _serve(store: Store, *, smtp_port: int, http_port: int) -> None:
    store.open()
    try:
        mails = await smtp.serve(store, host=HOST, port=smtp_port)
        view = uvicorn.Config(application(store), host=HOST, port=http_port, lifespan="off", access_log=False)
        await uvicorn.Server(view).serve()
        mails.close()
    finally:
        await asyncio.to_thread(store.close)


if __name__ == "__main__":
    main()
