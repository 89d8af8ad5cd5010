"""One module per measurement, each with `NAME`, `ABOUT` and `run`, in the order of the page."""

from bench.measures import counting, deliveries, growth, labelling, latency, pipeline, requests, start, viewers

MEASURES = {
    each.NAME: each for each in (pipeline, counting, requests, labelling, deliveries, viewers, latency, growth, start)
}
