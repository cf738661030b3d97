"""Who changed a record and when."""

from typing import Annotated

from fastapi import Path, Query, Response

from services.registry.commands import history
from services.registry.commands.history import ENTRIES_MAX, KINDS, HistoryView
from services.registry.http.reading import PAGE_DEFAULT, LimitQuery, Reading
from shared.runtime.openapi import problems
from shared.runtime.web import Routes

router = Routes(prefix=HistoryView.PATH, tags=["history"])
Kind = Annotated[str, Path(max_length=40, description=f"One of {', '.join(KINDS)}.", examples=["participants"])]
RecordId = Annotated[str, Path(max_length=60, description="Its id; of what is recorded once a year, village/year.")]
After = Annotated[int, Query(ge=0, le=2 * ENTRIES_MAX, description="next_after of the page before.")]


@router.get(
    "/{kind}/{record_id:path}",
    summary="Who changed a record and when, from its beginning",
    responses={
        200: {"model": HistoryView, "description": "Entries in order"},
        **problems(400, 401, 403, 404, 422),
    },
    response_class=Response,
)
async def show_history(
    kind: Kind, record_id: RecordId, reading: Reading, limit: LimitQuery = PAGE_DEFAULT, after: After = 0
) -> Response:
    found = await history.history(reading.office, kind, record_id, after, limit)
    return Response(found.model_dump_json(), media_type="application/json")
