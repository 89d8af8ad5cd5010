"""The report of a rehearsal has the published shape."""

import time

from semaine.audit.differences import Difference
from semaine.rehearsal.report import Report


def test_it_says_what_was_played_how_long_it_took_and_what_the_audit_found():
    report = Report(
        begun=time.monotonic() - 10,
        submitted=8,
        labelled=6,
        refused=1,
        in_review=1,
        people=100,
        messages=60,
        emails=8,
        webhooks=6,
        import_seconds=4.0,
        settle_seconds=2.0,
        peak_rss_mb={"stats": 99.5},
    )
    lost = Difference(kind="lost", where="stats events", key="1", detail="missing")
    differs = Difference(kind="differs", where="stats events", key="2", detail="1 instead of 2")
    report.audited([lost, differs])
    shown = report.as_json()
    total = shown["seconds"].pop("total")
    assert total >= 10  # to the end of the audit, not only until all was at rest
    assert shown == {
        "events": {"submitted": 8, "labelled": 6, "refused": 1, "in_review": 1},
        "participations": {"people": 100, "messages": 60},
        "notices": {"email": 8, "webhook": 6},
        "seconds": {"import": 4.0, "settle": 2.0},
        "messages_per_second": 10,
        "peak_rss_mb": {"stats": 99.5},
        "audit": {
            "lost": 1,
            "double": 0,
            "differences": [
                {"kind": "lost", "where": "stats events", "key": "1", "detail": "missing"},
                {"kind": "differs", "where": "stats events", "key": "2", "detail": "1 instead of 2"},
            ],
        },
    }
