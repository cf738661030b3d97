"""A person's readable data: shown to whoever says why, and exported for the person."""

from fastapi import Response

from services.registry.commands import disclosure
from services.registry.commands.disclosure import ExportParticipant, ParticipantDetails, RevealParticipant
from services.registry.http.documents import tells
from services.registry.http.exchange import Replacing
from services.registry.http.person_page import page
from shared.runtime.openapi import problems
from shared.runtime.web import Routes

router = Routes(prefix=ParticipantDetails.PATH, tags=["participants"])


@router.post("/{participant_id}/reveal", summary="Show who it is, and write down why", **tells(ParticipantDetails))
async def reveal_participant(participant_id: str, body: RevealParticipant, exchange: Replacing) -> Response:
    # Not repeatable by a key: what a key is answered with is kept, and this must not be.
    answer = await exchange.write(disclosure.reveal, participant_id, body)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.post(
    "/{participant_id}/export",
    summary="Everything held about a person, as one file for them",
    responses={
        200: {"description": "The file", "content": {"application/json": {}, "text/html": {}}},
        **problems(400, 401, 403, 404, 409, 413, 415, 422),
    },
)
async def export_participant(participant_id: str, body: ExportParticipant, exchange: Replacing) -> Response:
    async with exchange.office.journal.writing() as unit:
        document = await disclosure.export(unit, exchange.office, participant_id, body)
    kind, text = (
        ("text/html", page(document)) if body.format == "html" else ("application/json", disclosure.as_json(document))
    )
    name = f"data-{participant_id}.{body.format}"
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type=kind, headers=headers)
