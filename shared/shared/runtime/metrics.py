"""What dashboards and alarms read, in one place."""

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Histogram(
    "semaine_http_request_seconds",
    "Duration of HTTP requests",
    ["method", "route", "status"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60),
)
CONSUMED = Counter("semaine_consumed_messages_total", "Messages handled", ["topic"])
STALE = Counter("semaine_stale_messages_total", "Messages at or below the high-water mark, left out", ["topic"])
GAPS = Counter("semaine_sequence_gaps_total", "Sequences missing before a message", ["topic"])
DEAD_LETTERS = Counter("semaine_dead_letters_total", "Messages laid aside", ["topic", "reason"])
RETRIES = Counter("semaine_consumer_retries_total", "Batches tried again because a server was away", ["topic"])
CONSUMER_LAG = Gauge("semaine_consumer_lag_messages", "Messages not handled yet", ["topic", "partition"])
LATENCY = Histogram(
    "semaine_message_age_seconds",
    "From a change to its handling here",
    ["topic"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300),
)
PUBLISHED = Counter("semaine_published_messages_total", "Messages that Kafka confirmed", ["topic"])
OUTBOX_SIZE = Gauge("semaine_outbox_messages", "Messages waiting in the outbox")
OUTBOX_AGE = Gauge("semaine_outbox_age_seconds", "Age of the oldest message in the outbox")
RELAY_ACTIVE = Gauge("semaine_relay_active", "1 where this process publishes the outbox")
RATE_LIMITED = Counter("semaine_rate_limited_requests_total", "Requests refused with 429", ["policy"])
OVERLOADED = Counter("semaine_overloaded_requests_total", "Requests refused with 503 for want of room", ["room"])
