"""Why a row of the table misses its goal, in words for its reader. By the row's name; shown only where it misses."""

_POST = (
    "One INSERT is all that the peer does. Ours checks the token, holds the edition and the organiser or the guest "
    "list, looks for what is alike or signed up already, writes the row, its list, its history and its messages in one "
    "transaction of about nine round trips, and sends the messages to Kafka from the same process. Both processors "
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
    "viewers, memory": (
        "Each stream holds the frames, tasks and request objects of all layers of the web framework until it ends. "
        "An answer that leaves them before it begins to stream has not been tried yet."
    ),
    "labelling": (
        "Measured from messages to decisions in the database, in a service that also groups what is alike and keeps "
        "the committee's queue. Not profiled yet."
    ),
}
