"""Names, NIK, birth dates, telephones: shown on request only."""

from fastapi import APIRouter, Response

from services.registry.commands import reveal
from services.registry.commands.reveal import RevealedParticipant, RevealParticipant
from services.registry.http.documents import changes, problems
from services.registry.http.exchange import Replacing

router = APIRouter(prefix=RevealedParticipant.PATH, tags=["participants"])
_answers = changes(RevealedParticipant)


@router.post(
    "/{participant_id}/reveal",
    summary="Show a person's data, and write down why",
    responses={**_answers["responses"], **problems(410)},
)
async def reveal_participant(participant_id: str, body: RevealParticipant, exchange: Replacing) -> Response:
    # Takes no Idempotency-Key: what a key is answered with is kept, and this must not be.
    answer = await exchange.write(reveal.reveal, participant_id, body)
    answer.headers["Cache-Control"] = "no-store"
    return answer
