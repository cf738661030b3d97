"""A task that swallows its cancellation, as a library interrupted while connecting does, is ended all the same."""

import asyncio

from shared.journal import streams


async def test_a_swallowed_cancellation_is_repeated(monkeypatch) -> None:
    monkeypatch.setattr(streams, "CANCEL_AGAIN_SECONDS", 0.01)
    swallowed = 0

    async def stubborn() -> None:
        nonlocal swallowed
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                swallowed += 1
                if swallowed > 2:
                    raise

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await streams._ended([task])
    assert task.cancelled()
    assert swallowed == 3
