"""A body's chunks cut anew, so that what follows depends on the bytes alone and not on how they travelled."""

from collections.abc import AsyncIterator


async def pieces_of(*, chunks: AsyncIterator[bytes], size: int) -> AsyncIterator[bytes]:
    """Pieces of exactly `size` bytes, the last one shorter. Holds less than two of them."""
    held = bytearray()
    async for chunk in chunks:
        view = memoryview(chunk)
        for start in range(0, len(view), size):
            held += view[start : start + size]
            if len(held) >= size:
                yield bytes(held[:size])
                del held[:size]
    if held:
        yield bytes(held)
