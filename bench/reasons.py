"""Why a row of the table misses its goal, in words for its reader. By the row's name; shown only where it misses."""

_POST = (
    "One INSERT is all that the peer does. Ours checks the token, holds the edition and the organiser or the guest "
    "list, looks for what is alike or signed up already, writes the row, its list, its history and its messages in one "
    "transaction of eight to ten round trips, and sends the messages to Kafka from the same process. Both processors "
    "are busy then: the service takes about as much as PostgreSQL and Kafka together."
)
REASONS: dict[str, str] = {
    "POST, one event": _POST,
    "POST, one sign-up": _POST,
    "pipeline, bare": (
        "The bare one validates nothing, has one consumer and recognises no repetition. Ours reads and checks each "
        "line, keeps the guest lists' capacity and indexes, and two services consume each message. No single step "
        "stands out in a profile of the services."
    ),
    "pipeline, whole edition": (
        "As above. An edition of 800,000 people has some 420,000 sign-ups, since half of the people come in groups."
    ),
    "labelling": (
        "A decision takes about 0.4 ms of one processor: half of it are the charter's criteria (stems, lexicon, "
        "reasons in two languages), the rest reading the event and writing case, decision, its message and the "
        "queue; a third of the time the process waits for PostgreSQL. One process of Python would have to "
        "do all of it in 0.2 ms."
    ),
    "growth, cost": (
        "It does not rise with the size: at five million sign-ups it is 6 % above that at ten thousand. It was "
        "highest at a million, where starting the same services took longest too: 3.5 s, and 2.9, 3.2 and 2.8 s at the "
        "other sizes, so the machine itself was slower then. Earlier runs gave 34, 25, 17 and 33 %; in the first two "
        "PostgreSQL compressed its log, which cost the more the larger its indexes were."
    ),
}
