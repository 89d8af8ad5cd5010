"""
aiosmtplib: finished mails to one server, over several connections at a time.

    python -m bench.peers.smtp_loop --port … --mail FILE --mails … --connections …

As its documentation shows: a client held open, `send_message` for each mail.
"""

import argparse
import asyncio
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path

from aiosmtplib import SMTP

from bench import signals


async def _line(port: int, mails: list[EmailMessage]) -> None:
    async with SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
        while mails:
            await client.send_message(mails.pop())


async def _run(port: int, mails: list[EmailMessage], connections: int) -> None:
    await asyncio.gather(*(_line(port, mails) for _ in range(connections)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mail", type=Path, required=True)
    for name in ("--port", "--mails", "--connections"):
        parser.add_argument(name, type=int, required=True)
    given = parser.parse_args()
    content = given.mail.read_bytes()
    mails = []
    for number in range(given.mails):
        mail = message_from_bytes(content, policy=policy.SMTP)
        mail.replace_header("Message-ID", make_msgid(domain="peer.example"))
        mail.replace_header("To", f"peer{number}@peer.example")
        mails.append(mail)
    signals.ready()
    signals.wait_for_harness()
    asyncio.run(_run(given.port, mails, given.connections))
    signals.tell({"sent": given.mails})


if __name__ == "__main__":
    main()
