"""Apache Kafka's jars: resolved once by jgo from Maven Central, then kept in the user's cache."""

import fcntl
import os
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

VERSION = "4.3.0"
_COORDINATES = f"org.apache.kafka:kafka_2.13:{VERSION}+org.slf4j:slf4j-simple:1.7.36"
_CENTRAL = "https://mirror.example/maven2"
_DOWNLOADS = 8


class JarsError(Exception):
    """Apache Kafka's jars could not be fetched; says what was tried and what to do instead."""


def cache_folder() -> Path:
    """Where downloads are kept between runs: $XDG_CACHE_HOME/semaine or ~/.cache/semaine."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "semaine"


def class_path(*, cache: Path, tell: Callable[[str], None]) -> str:
    """
    The jars of the broker, fetched if they are not there yet (45 MB, half a minute). Raises `JarsError`.

    `tell` is called with a line for the user when a download begins.
    """
    listed = cache / f"kafka-{VERSION}.jars"
    found = _listed(listed)
    if found:
        return found
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with (cache / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            return _listed(listed) or _fetched(listed, cache / "maven", tell)
    except JarsError:
        raise
    except Exception as error:
        raise JarsError(_explain(error, cache)) from error


def _listed(listed: Path) -> str | None:
    """The class path written down by an earlier run, if all of it is still there."""
    try:
        jars = listed.read_text().splitlines()
    except OSError:
        return None
    return ":".join(jars) if jars and all(os.access(jar, os.R_OK) for jar in jars) else None


def _fetched(listed: Path, repository: Path, tell: Callable[[str], None]) -> str:
    with warnings.catch_warnings(action="ignore"):  # one of its own dependencies warns when imported
        from jgo.maven import MavenContext
        from jgo.parse import Endpoint

    tell(f"Fetching Apache Kafka {VERSION} (45 MB, once) from {_CENTRAL}")
    context = MavenContext(repo_cache=repository, remote_repos={"central": _CENTRAL})
    wanted = [context.create_dependency(coordinate) for coordinate in Endpoint.parse(_COORDINATES).coordinates]
    named, needed = context.resolver.resolve(wanted)
    artifacts = [d.artifact for d in (*named, *(d for d in needed if d.scope in ("compile", "runtime")))]
    with ThreadPoolExecutor(_DOWNLOADS) as pool:
        jars = sorted(str(jar) for jar in pool.map(lambda artifact: artifact.resolve(), artifacts))
    unfinished = listed.with_suffix(".part")
    unfinished.write_text("\n".join(jars))
    unfinished.rename(listed)
    return ":".join(jars)


def _explain(error: Exception, cache: Path) -> str:
    return (
        f"Apache Kafka {VERSION} could not be fetched.\n"
        f"  Tried: {_COORDINATES} from {_CENTRAL} into {cache}\n"
        f"  Found: {type(error).__name__}: {error}\n"
        "  Instead: set KAFKA_BOOTSTRAP_SERVERS=host:port to use a Kafka that runs already (none is started then),\n"
        f"  or copy {cache} from a machine that has it."
    )
