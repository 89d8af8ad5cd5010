"""What the page says around the figures."""

BEFORE_TABLE = """\
# Benchmarks

Written by `make bench ARGS="--page"`; the figures are in [benchmarks.json](benchmarks.json). A measurement and its peer
are one run on one machine, against the same PostgreSQL, Kafka and receivers, the contenders in turns; each figure is
the median of its rounds. The peers are written as their own documentation shows them, in [bench/peers](../bench/peers).

{date}, {processor}, {cores} cores, {memory_gb} GB, {system}, Python {python}; {packages}.
"""

SMALL = """\
**Rows marked (small) are of `--quick`**: small sizes, one round, and a machine that had other work ([every
sample](#every-sample) says how much). They show that the measurement runs, and say little about speed.
"""

MEASURED = """
## What is measured

- **Pipeline.** Import lines as in a real edition (half of the people in groups, one line in ten with an address). Ours:
  over HTTP through the gateway into a whole running system of four services; from the first request until the public
  counters show everybody. The bare pipeline reads the lines from a file, checks nothing, and stores each, relays
  an outbox and counts with two processes; the usual one with three. Before a peer's round our services are stopped.
- **Counting.** The messages are on the topic before the clock runs. Ours: from the first batch that is committed to the
  last; a message carries its guest list's totals, so a batch folds to the last message of each event. Quix Streams:
  from its first message to its last checkpoint.
- **Requests.** Registration alone (with its relay), or the peer alone, one process each, the same uvicorn settings, ten
  database connections. Ours checks the token (events), validates, holds the capacity, finds duplicates and writes
  the message into the outbox. The load generator is a process of its own; alone it is many times faster.
- **Labelling.** From the first batch of decisions that is committed to the last, no other service running.
- **Mails, webhooks.** All wait in the queue; then the receiver comes back. Timed at the receiver, from the first to
  the last. Ours renders or signs each and writes down what became of it; the peers send finished ones.
- **Viewers.** Connections to the service itself. Age: from `as_of` in an event to its arrival, over all viewers and
  events, at one and at four changes a second. Memory: what the process grew by, over the number of viewers.
- **Latency.** Through the gateway. Idle: each after a second's rest. The counters name no event: the nth decided one is
  taken for the nth submitted. The mail counts when the sink has it.
- **Growth.** One system; at each size the same probe, an import until all is at rest, three times. Processor time of
  all processes but the harness, servers included; the median counts. Before the first the databases are vacuumed and
  checkpointed, so that no size has to pay for what another one has left.
- **Start.** Packages and Kafka's jars are there; the database cluster and the broker's log are made.
"""

HOW = """
## Measure it yourself

    make bench                                   # the better part of an hour on two cores; wants a quiet machine
    make bench ARGS="--quick"                    # small sizes: everything runs, the figures say nothing
    make bench ARGS="--only latency --page"      # one measurement, its rows replaced on this page
    make bench ARGS="--only growth --growth 10000 100000 1000000 5000000"

The peers have environments of their own in `.venv-bench/`, from `locks/bench.txt` and `locks/bench-quix.txt`. The plots
are SVG written by hand (`bench/svg.py`): a plotting library would weigh more than all the rest.
"""
