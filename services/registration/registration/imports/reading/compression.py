"""Compressed and plain bodies, bounded in what they may grow to."""

import zlib
from collections.abc import Iterator
from enum import Enum, auto
from typing import Protocol

from registration.imports.reading.outcome import ImportRefused, Limits

GZIP_MAGIC = b"\x1f\x8b"
GZIP_CONTAINER = 31


class Ending(Enum):
    """How the body ended."""

    WHOLE = auto()
    CUT = auto()
    DAMAGED = auto()


class Unpacker(Protocol):
    def feed(self, piece: bytes) -> Iterator[bytes]:
        """What `piece` unpacks to, in pieces of bounded size. ImportRefused beyond the limits."""

    @property
    def ending(self) -> Ending:
        """Asked once all has been fed."""


def unpacker_for(*, first_piece: bytes, content_encoding: str | None, limits: Limits) -> Unpacker:
    """By the Content-Encoding header, else by the first two bytes. ImportRefused if they contradict each other."""
    encoding = (content_encoding or "identity").strip().lower()
    if encoding not in {"identity", "gzip", "x-gzip"}:
        raise ImportRefused(
            fr=f"Content-Encoding {encoding[:40]!r} n’est pas accepté : envoyez le fichier tel quel ou en gzip.",
            en=f"Content-Encoding {encoding[:40]!r} is not accepted: send the file as it is or as gzip.",
        )
    compressed = first_piece.startswith(GZIP_MAGIC)
    if encoding != "identity" and not compressed:
        raise ImportRefused(
            fr="Content-Encoding annonce gzip, mais le fichier n’en est pas : retirez cet en-tête.",
            en="Content-Encoding says gzip, but the file is not gzip: leave the header out.",
        )
    return _Gzip(limits) if compressed else _Plain(limits)


class _Plain:
    ending = Ending.WHOLE

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._received = 0

    def feed(self, piece: bytes) -> Iterator[bytes]:
        self._received += len(piece)
        _check_total(self._received, self._limits)
        yield piece


class _Gzip:
    """One gzip member after another, as `cat a.gz b.gz` makes them."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._consumed = 0
        self._unpacked = 0
        self._member = zlib.decompressobj(GZIP_CONTAINER)
        self._damaged = False

    @property
    def ending(self) -> Ending:
        if self._damaged:
            return Ending.DAMAGED
        return Ending.WHOLE if self._member.eof else Ending.CUT

    def feed(self, piece: bytes) -> Iterator[bytes]:
        remaining, more = piece, True
        while more and not self._damaged:
            if self._member.eof:
                remaining = remaining.lstrip(b"\0")  # tape padding
                if not remaining:
                    return
                self._member = zlib.decompressobj(GZIP_CONTAINER)
            unpacked = self._decompress(remaining)
            if unpacked:
                yield unpacked
            remaining = self._member.unused_data or self._member.unconsumed_tail
            more = bool(remaining) or len(unpacked) == self._limits.piece_bytes

    def _decompress(self, data: bytes) -> bytes:
        try:
            unpacked = self._member.decompress(data, self._limits.piece_bytes)
        except zlib.error as error:
            if not self._unpacked:
                raise ImportRefused(
                    fr="Le fichier gzip est abîmé : compressez-le et envoyez-le de nouveau.",
                    en="The gzip file is damaged: compress and send it again.",
                ) from error
            self._damaged = True
            return b""
        self._consumed += len(data) - len(self._member.unused_data or self._member.unconsumed_tail)
        self._unpacked += len(unpacked)
        self._check_ratio()
        return unpacked

    def _check_ratio(self) -> None:
        _check_total(self._unpacked, self._limits)
        if self._unpacked > max(self._limits.free_bytes, self._consumed * self._limits.compression_ratio):
            raise ImportRefused(
                fr=f"Décompressé, le fichier dépasse {self._limits.compression_ratio} fois sa taille, "
                "ce qu’un import ne fait pas : envoyez-le sans compression.",
                en=f"The file unpacks to more than {self._limits.compression_ratio} times its size, as imports do not: "
                "send it without compression.",
            )


def _check_total(size: int, limits: Limits) -> None:
    if size > limits.total_bytes:
        raise ImportRefused(
            fr=f"Le fichier dépasse {limits.total_bytes // 1024**2} Mio : envoyez-le en plusieurs parties.",
            en=f"The file is longer than {limits.total_bytes // 1024**2:,} MiB: send it in parts.",
        )
