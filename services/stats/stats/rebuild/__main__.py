"""The command: `python -m stats.rebuild [--json]`, with the settings of the service in the environment."""

import argparse
import asyncio
from dataclasses import asdict

import orjson
from aiokafka.errors import KafkaError

from shared.runtime.database import is_transient
from shared.runtime.settings import load, refuse
from stats.rebuild.operations import Report, rebuild
from stats.rebuild.replay import TopicsMissingError
from stats.rebuild.store import Difference
from stats.settings import Settings

_SHOWN = 20


def main() -> None:
    """Rebuild and tell what was found. Exits with 78 when a server does not answer."""
    parser = argparse.ArgumentParser(prog="python -m stats.rebuild", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    arguments = parser.parse_args()
    settings = load(Settings)
    try:
        report = asyncio.run(
            rebuild(database_dsn=settings.database_dsn, bootstrap_servers=settings.kafka_bootstrap_servers)
        )
    except TopicsMissingError as error:
        refuse([f"{error}; nothing was changed"])
    except KafkaError as error:
        refuse([f"Kafka at {settings.kafka_bootstrap_servers} does not answer: {error!r}; nothing was changed"])
    except Exception as error:
        if not is_transient(error):
            raise
        refuse([f"the database does not answer, or is too busy to be locked: {error!r}; nothing was changed"])
    print(orjson.dumps(asdict(report)).decode() if arguments.json else _text(report))  # noqa: T201 - its output


def _text(report: Report) -> str:
    lines = [
        f"{report.records} records read in {report.seconds:.1f} s; writes were held for {report.locked_seconds:.1f} s.",
        "Rebuilt: " + ", ".join(f"{part.replace('_', ' ')} {count}" for part, count in report.rows.items()) + ".",
    ]
    if report.unreadable or report.refused:
        lines.append(f"{report.unreadable} records are not readable, {report.refused} were refused.")
    if report.pending:
        lines.append(f"{report.pending} rows were ahead of the service, which had not come to their messages yet.")
    lines.append(f"{len(report.differences)} live rows were wrong." if report.differences else "No live row was wrong.")
    lines += [f"  {_told(each)}" for each in report.differences[:_SHOWN]]
    if len(report.differences) > _SHOWN:
        lines.append(f"  and {len(report.differences) - _SHOWN} more; --json shows all.")
    return "\n".join(lines)


def _told(difference: Difference) -> str:
    what = f"{difference.part} {difference.key} {difference.kind}"
    live, rebuilt = difference.live or {}, difference.rebuilt or {}
    changed = [
        f"{column} was {live[column]}, is {rebuilt[column]}"
        for column in live
        if column in rebuilt and live[column] != rebuilt[column]
    ]
    return f"{what}: {'; '.join(changed)}" if changed else what


if __name__ == "__main__":
    main()
