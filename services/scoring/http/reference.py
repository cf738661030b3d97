"""Published indices, and the digest."""

from services.scoring.http import views
from services.scoring.http.parameters import Area
from services.scoring.storage import published, states, villages
from shared.runtime.database import Database
from shared.runtime.web import Routes


def reference_router(database: Database) -> Routes:
    """Published indices, and the digest."""
    router = Routes(prefix="/v1", tags=["reference"])

    @router.get("/published/{area}", summary="Published indices of an area, with the chosen reference of each year")
    async def list_published(area: Area) -> views.PublishedList:
        async with database.read() as connection:
            found = await published.of_area(connection, area)
        return views.PublishedList(items=[views.published_view(index) for index in found])

    @router.get("/digest", summary="A digest of every city and year: the same wherever the same events were folded")
    async def read_digest() -> views.DigestList:
        async with database.read() as connection:
            found = await states.every(connection)
            of_villages = await villages.digests(connection)
        return views.DigestList(
            items=[views.digest_line(state) for state in found],
            villages=[views.VillagesDigestLine(**line._asdict()) for line in of_villages],
        )

    return router
