"""Apache Kafka's jars: resolved once by jgo from Maven Central, then kept in the user's cache."""

import fcntl
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from semaine.failure import Failure
from semaine.system.process import StartError, run

VERSION = "4.3.0"
_COORDINATES = f"org.apache.kafka:kafka_2.13:{VERSION}+org.slf4j:slf4j-simple:1.7.36"
REPOSITORY_URL = "MAVEN_REPOSITORY_URL"
"""Environment variable with the address of a mirror of Maven Central."""
_DOWNLOADS = 8
_FETCH_SECONDS = 900


class JarsError(Failure):
    """Apache Kafka's jars could not be fetched; says what was tried and what to do instead."""


def cache_folder() -> Path:
    """Where downloads are kept between runs: $XDG_CACHE_HOME/semaine or ~/.cache/semaine."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "semaine"


async def class_path(*, cache: Path, tell: Callable[[str], None]) -> str:
    """
    The jars of the broker, fetched if they are not there yet (45 MB, half a minute). Raises `JarsError`.

    Fetching is a process of its own, so that it can be ended at any time. `tell` is called when it begins.
    """
    found = _listed(cache)
    if found:
        return found
    tell(f"Fetching Apache Kafka {VERSION} (45 MB, once) from {_repository()}")
    command: list[str | Path] = [sys.executable, "-W", "ignore", "-m", "semaine.servers.kafka_jars", cache]
    try:
        await run(command, folder=Path.cwd(), environment=os.environ, seconds=_FETCH_SECONDS)
    except StartError as error:
        raise JarsError(_explain(str(error), cache)) from error
    return _listed(cache) or ""


def fetch(cache: Path) -> None:
    """Fetch the jars and write down which they are. Waits while another process does the same."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _listed(cache):
            return
        unfinished = cache / "jars.part"
        unfinished.write_text("\n".join(str(jar.relative_to(cache)) for jar in _resolved(cache / "maven")))
        unfinished.rename(_list_file(cache))


def _repository() -> str:
    from jgo.constants import MAVEN_CENTRAL_URL

    return os.environ.get(REPOSITORY_URL) or MAVEN_CENTRAL_URL


def _list_file(cache: Path) -> Path:
    return cache / f"kafka-{VERSION}.jars"


def _listed(cache: Path) -> str | None:
    """The class path written down by an earlier run, if all of it is still there."""
    try:
        jars = [str(cache / jar) for jar in _list_file(cache).read_text().splitlines()]
    except OSError:
        return None
    return ":".join(jars) if jars and all(os.access(jar, os.R_OK) for jar in jars) else None


def _resolved(repository: Path) -> list[Path]:
    from jgo.maven import MavenContext
    from jgo.parse import Endpoint

    context = MavenContext(repo_cache=repository, remote_repos={"central": _repository()})
    wanted = [context.create_dependency(coordinate) for coordinate in Endpoint.parse(_COORDINATES).coordinates]
    named, needed = context.resolver.resolve(wanted)
    artifacts = [d.artifact for d in (*named, *(d for d in needed if d.scope in ("compile", "runtime")))]
    with ThreadPoolExecutor(_DOWNLOADS) as pool:
        return sorted(pool.map(lambda artifact: artifact.resolve(), artifacts))


def _explain(found: str, cache: Path) -> str:
    return (
        f"Apache Kafka {VERSION} could not be fetched.\n"
        f"  Tried: {_COORDINATES} from {_repository()} into {cache}\n"
        f"  Found: {found}\n"
        "  Instead: set KAFKA_BOOTSTRAP_SERVERS=host:port to use a Kafka that runs already (none is started then),\n"
        f"  set {REPOSITORY_URL} to a mirror of Maven Central, or copy {cache} from a machine that has it."
    )


def main() -> None:
    """Fetch into the folder given as argument; say in one line why that failed."""
    try:
        fetch(Path(sys.argv[1]))
    except Exception as error:  # noqa: BLE001 - whatever it is, the user is told what to do instead
        sys.exit(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
