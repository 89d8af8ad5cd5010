"""
How many requests a caller may send, and the headers that tell (draft-ietf-httpapi-ratelimit-headers).

Counted in fixed windows in this process's memory: `docs/decisions/0013-rate-limits-in-each-process.md` says why.
Whoever has a token that was found valid is counted by name, everybody else by address, failed tokens included.
"""

import ipaddress
import math
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from shared.runtime import metrics
from shared.runtime.http.problems import Problem
from shared.runtime.tokens import Caller

WINDOW_SECONDS = 60
MOST_COUNTED = 200_000
"""Callers counted one by one in a window; those beyond share a count, so that addresses without end fill no memory."""
_BEYOND = "all others"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """At most `limit` requests of one caller in a window; 0: any number."""

    name: str
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Strict:
    """A quota of certain requests, counted by address whoever sends them; staff are free of it."""

    quota: Quota
    method: str
    path: re.Pattern[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """All quotas of a service."""

    staff: Quota
    token: Quota
    address: Quota
    strict: Sequence[Strict] = ()


@dataclass(slots=True)
class Quotas:
    """Counts requests."""

    policy: Policy
    _counts: dict[tuple[str, str], int] = field(default_factory=dict)
    _ends: float = 0.0

    def spend(self, *, method: str, path: str, caller: Caller | None, address: str) -> Mapping[str, str]:
        """Count a request; the headers of its answer. Raises `Problem` (429) when a quota is exhausted."""
        now = time.monotonic()
        if now >= self._ends:
            self._counts, self._ends = {}, now + WINDOW_SECONDS
        counted = [(quota, self._count(quota, who)) for quota, who in self._concerned(method, path, caller, address)]
        if not counted:
            return {}
        resets = math.ceil(self._ends - now)
        headers = {
            "RateLimit-Policy": ", ".join(f'"{quota.name}";q={quota.limit};w={WINDOW_SECONDS}' for quota, _ in counted),
            "RateLimit": ", ".join(
                f'"{quota.name}";r={max(quota.limit - count, 0)};t={resets}' for quota, count in counted
            ),
        }
        for quota, count in counted:
            if count > quota.limit:
                metrics.RATE_LIMITED.labels(quota.name).inc()
                raise Problem(
                    429,
                    "Too many requests",
                    f"At most {quota.limit} a minute ({quota.name}): wait {resets} seconds, then go on more slowly.",
                    headers={**headers, "Retry-After": str(resets)},
                )
        return headers

    def _concerned(self, method: str, path: str, caller: Caller | None, address: str) -> Iterator[tuple[Quota, str]]:
        policy = self.policy
        if caller is None:
            quota, who = policy.address, network_of(address)
        else:
            quota, who = (
                policy.staff if caller.role == "staff" else policy.token,
                f"{caller.role}:{caller.subject}",
            )
        if quota.limit:
            yield quota, who
        if caller is None or caller.role != "staff":
            for strict in policy.strict:
                if strict.quota.limit and strict.method == method and strict.path.fullmatch(path):
                    yield strict.quota, network_of(address)

    def _count(self, quota: Quota, who: str) -> int:
        key = (quota.name, who)
        if key not in self._counts and len(self._counts) >= MOST_COUNTED:
            key = (quota.name, _BEYOND)
        count = self._counts[key] = self._counts.get(key, 0) + 1
        return count


def network_of(address: str) -> str:
    """What stands for a client: its IPv4 address, or the /64 of its IPv6 address, of which it has all."""
    if ":" not in address:
        return address
    try:
        found = ipaddress.IPv6Address(address)
    except ValueError:
        return address
    return str(found.ipv4_mapped or ipaddress.IPv6Network((int(found) >> 64 << 64, 64)))
