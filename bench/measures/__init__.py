"""One module per measurement, in the page's order: `NAME`, `ABOUT`, `run`, and the environments that it `NEEDS`."""

from bench.measures import counting, deliveries, growth, labelling, latency, pipeline, requests, start, usual, viewers

MEASURES = {
    each.NAME: each
    for each in (pipeline, usual, counting, requests, labelling, deliveries, viewers, latency, growth, start)
}
