"""
Quix Streams: people per event, counted out of one topic into state.

    python -m bench.peers.quix_counting --bootstrap … --topic … --group … --messages … --state FOLDER

As its documentation shows stateful processing: a StreamingDataFrame of a JSON topic, a function with `state`, the
state in RocksDB with a changelog topic. The clock runs from the first message to the last checkpoint.
"""

import argparse
import time
from typing import Any

from quixstreams import Application, State

from bench import signals


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--bootstrap", "--topic", "--group", "--state"):
        parser.add_argument(name, required=True)
    parser.add_argument("--messages", type=int, required=True)
    given = parser.parse_args()
    app = Application(
        broker_address=given.bootstrap,
        consumer_group=given.group,
        auto_offset_reset="earliest",
        state_dir=given.state,
        loglevel="WARNING",
    )
    topic = app.topic(given.topic, key_deserializer="str", value_deserializer="json")
    begun: list[float] = []

    def count(value: dict[str, Any], state: State) -> dict[str, Any]:
        if not begun:
            begun.append(time.monotonic())
        messages = state.get("messages", default=0) + 1
        people = state.get("people", default=0) + value["participation"]["people"]
        state.set("messages", messages)
        state.set("people", people)
        return {"messages": messages, "people": people}

    sdf = app.dataframe(topic)
    sdf.apply(count, stateful=True)
    signals.ready()
    signals.wait_for_harness()
    app.run(count=given.messages, collect=False)
    signals.tell({"seconds": time.monotonic() - begun[0]})


if __name__ == "__main__":
    main()
