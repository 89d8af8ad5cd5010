"""The ledger: what each operation was for the writer who sent it. The truth that a verdict starts from."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID, uuid4

from semaine.generation import Edition, Verdict
from shared.runtime.tokens import Role

Kind = Literal[
    "register", "access", "submit", "draft", "amend", "withdraw", "sign_up", "cancel", "review", "attend", "postpone",
    "answer", "keep", "give_up",
]  # fmt: skip
Standing = Literal["unknown", "acknowledged", "refused"]
_NEXT_PAGE = 303


@dataclass(slots=True, kw_only=True)
class Operation:
    """One write, sent under one Idempotency-Key until its answer is known."""

    kind: Kind
    method: str
    path: str
    body: dict[str, Any] | None
    caller: tuple[Role, str] | None
    form: bool = False
    """Whether it is a page's form that is sent, and answered by another page."""
    event_id: str | None = None
    sign_up_id: str | None = None
    content: dict[str, Any] | None = None
    """The event that it submits, amends to, or keeps as a draft."""
    expected: Verdict | None = None
    """What the charter must say of that, on days inside the label window."""
    number: int = 0
    key: str = ""
    begun: datetime = field(default_factory=lambda: datetime.now(UTC))
    known: datetime | None = None
    standing: Standing = "unknown"
    status: int | None = None
    answer: Any = None
    """The document answered, or the problem."""
    attempts: int = 0
    replayed: bool = False
    """Whether a retry got the answer of an attempt before it."""
    oddities: list[str] = field(default_factory=list)
    """Answers that the API does not promise."""

    @property
    def acknowledged(self) -> bool:
        return self.standing == "acknowledged"


class Ledger:
    """Every operation in the order in which it was begun. Used from one event loop."""

    def __init__(self, *, seed: int = 0) -> None:
        self.operations: list[Operation] = []
        self.edition: Edition = {"id": ""}
        """As it was before any act on it."""
        self._run = f"{seed}-{uuid4().hex[:8]}"

    @property
    def edition_id(self) -> str:
        return str(self.edition["id"])

    def begin(self, operation: Operation) -> Operation:
        """Enter an operation, unknown so far, and give it its Idempotency-Key."""
        operation.number = len(self.operations) + 1
        operation.key = f"{self._run}-{operation.number}"
        self.operations.append(operation)
        return operation

    def know(self, operation: Operation, *, status: int, answer: Any, replayed: bool = False) -> None:
        """Enter the answer: 2xx acknowledges, and so does a page to go to next; anything else refuses."""
        operation.known = datetime.now(UTC)
        operation.status = status
        operation.answer = answer
        operation.replayed = replayed
        operation.standing = "acknowledged" if 200 <= status < 300 or status == _NEXT_PAGE else "refused"  # noqa: PLR2004

    def acknowledged(self, *kinds: Kind) -> Iterator[Operation]:
        """Those acknowledged, of these kinds, or of all."""
        return (each for each in self.operations if each.acknowledged and (not kinds or each.kind in kinds))

    def unknown(self) -> list[Operation]:
        return [each for each in self.operations if each.standing == "unknown"]

    def figures(self) -> dict[str, int]:
        """How many operations, by standing, and how many of them took more than one attempt."""
        counted = Counter(each.standing for each in self.operations)
        return {
            "operations": len(self.operations),
            "acknowledged": counted["acknowledged"],
            "refused": counted["refused"],
            "unknown": counted["unknown"],
            "retried": sum(each.attempts > 1 for each in self.operations),
            "replayed": sum(each.replayed for each in self.operations),
        }


def id_of(document: Any) -> str:
    """The id of a document answered, in its usual spelling."""
    return str(UUID(document["id"]))
