"""Who was erased as far as the stream still tells: Redis may hold events a restored journal knows nothing of."""

import json
from typing import Any

import redis.asyncio

from shared.contracts.registry import ParticipantErased
from shared.journal.publisher import FIELD, SOCKET_TIMEOUT_SECONDS

PAGE_ENTRIES = 1_000


async def erased_ids(redis_url: str, stream: str) -> set[str]:
    """The people whose erasure is in the stream. Ids are made once, so that another node's can do no harm here.

    Raises redis' ConnectionError or TimeoutError while Redis is away.
    """
    found: set[str] = set()
    wanted = ParticipantErased.TYPE.encode()
    client: redis.asyncio.Redis = redis.asyncio.Redis.from_url(redis_url, socket_timeout=SOCKET_TIMEOUT_SECONDS)
    try:
        after = "-"
        while True:
            entries: Any = await client.xrange(stream, min=after, count=PAGE_ENTRIES)
            raw = (fields.get(FIELD, b"") for _, fields in entries)
            found |= {json.loads(one)["data"]["participant_id"] for one in raw if wanted in one}
            if len(entries) < PAGE_ENTRIES:
                return found
            after = f"({entries[-1][0].decode()}"
    finally:
        await client.aclose()
