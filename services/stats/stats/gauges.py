"""The business figures for Prometheus. Labels are bounded: editions, statuses and départements."""

from prometheus_client import Gauge

from stats.domain import ALL, Figures

EVENTS = Gauge("semaine_events", "Events by status", ["edition", "status"])
ANNOUNCED = Gauge("semaine_people_announced", "People signed up to events of the programme", ["edition"])
ACTUAL = Gauge("semaine_people_actual", "People who came, where organisers have reported it", ["edition"])
DEPARTEMENT_EVENTS = Gauge("semaine_departement_events", "Events of the programme", ["edition", "departement"])
DEPARTEMENT_ANNOUNCED = Gauge(
    "semaine_departement_people_announced", "People signed up to events of the programme", ["edition", "departement"]
)
VIEWERS = Gauge("semaine_counter_viewers", "Open counter streams")


def show(*, edition_id: str, changed: Figures) -> None:
    """Set the gauges of the tallies that have changed."""
    for status, tally in changed.get("status", {}).items():
        EVENTS.labels(edition_id, status).set(tally.events)
    if total := changed.get("total", {}).get(ALL):
        ANNOUNCED.labels(edition_id).set(total.announced)
        ACTUAL.labels(edition_id).set(total.actual)
    for departement, tally in changed.get("departement", {}).items():
        DEPARTEMENT_EVENTS.labels(edition_id, departement).set(tally.events)
        DEPARTEMENT_ANNOUNCED.labels(edition_id, departement).set(tally.announced)
