"""One event through the whole system, seen from outside: by the gateway, and by the mails that Mailpit caught."""

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from awaiting import Late, Waiting
from mails import Mails
from programme import EDITION, Programme, Refused

_DEFAULT_KEY = Path(".secrets/token-private.jwk")


def main() -> int:
    options = arguments()
    waiting = Waiting(seconds=options.seconds)
    try:
        with (
            Programme(url=options.gateway, key_file=options.key) as programme,
            Mails(url=options.mailpit) as mails,
        ):
            follow_one_event(programme, mails, waiting)
    except (Late, Refused, httpx.HTTPError, OSError, ValueError) as error:
        print(f"FAILED: {error}", file=sys.stderr)
        return 1
    print("All is well: submitted, labelled, mailed and counted.")
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/smoke", description=__doc__)
    parser.add_argument("--gateway", default="http://127.0.0.1:8080", metavar="URL", help="default: %(default)s")
    parser.add_argument("--mailpit", default="http://127.0.0.1:8025", metavar="URL", help="default: %(default)s")
    parser.add_argument("--key", type=Path, default=_DEFAULT_KEY, metavar="FILE", help="private key that signs the "
                        "test's token; default: %(default)s")  # fmt: skip
    parser.add_argument("--seconds", type=float, default=60, help="how long each step may take; default: %(default)s")
    return parser.parse_args()


def follow_one_event(programme: Programme, mails: Mails, waiting: Waiting) -> None:
    with step("the gateway and Mailpit answer"):
        waiting.until("the gateway answers", programme.answers)
        waiting.until("Mailpit answers", mails.answer)
    with programme.open_edition():
        with step(f"edition {EDITION!r} is open, and stats knows it"):
            before = waiting.until("its counters", programme.counted)
        with step("an event is submitted"):
            organiser = programme.register_organiser()
            event = programme.submit(organiser)
        with step("it is labelled"):
            waiting.until("a decision", lambda: programme.labelled(event))
            waiting.until("the label to come back to registration", lambda: programme.published(event))
        with step("its organiser has the receipt and the label by e-mail"):
            waiting.until("both mails", lambda: mails.about(event, to=organiser.email, subjects=2))
        with step("a visitor signs up and has the confirmation by e-mail"):
            visitor = programme.sign_up(event)
            waiting.until("the mail", lambda: mails.about(event, to=visitor, subjects=1))
        with step("the event and the visitor are counted"):
            after = before.plus(events=1, announced=1)
            waiting.until(f"the counters to be {after}", lambda: programme.counted_as(after))
        with step("the event is withdrawn, and counted no more"):
            programme.withdraw(event)
            waiting.until(f"the counters to be {before}", lambda: programme.counted_as(before))


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what was seen, and after how long."""
    begun = time.monotonic()
    yield
    print(f"  ok  {time.monotonic() - begun:5.1f} s  {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
