"""Sessions of programmes, and who came to them."""

from typing import Annotated

from fastapi import Depends, Response

from services.registry.commands import sessions
from services.registry.commands.sessions import (
    AttendanceView,
    CorrectSession,
    HoldSession,
    SessionView,
    WithdrawSession,
)
from services.registry.http.documents import changes, creates, lists, replaces, shows
from services.registry.http.exchange import Posting, Replacing
from services.registry.http.listing import Listed, PageOf
from services.registry.http.reading import Listing, Reading
from services.registry.storage import tables
from shared.runtime.web import Routes

router = Routes(tags=["sessions"])
SESSIONS = Listed(SessionView, tables.sessions, sorts=("on", "village"))
ATTENDANCES = Listed(AttendanceView, tables.attendances)


@router.post(SessionView.PATH, summary="Record a session of a programme", **creates(SessionView))
async def hold_session(body: HoldSession, exchange: Posting) -> Response:
    return await exchange.write(sessions.hold, body)


@router.get(SessionView.PATH, summary="Sessions", **lists())
async def list_sessions(page: Annotated[PageOf[SessionView], Depends(SESSIONS)]) -> Listing[SessionView]:
    return await page.read()


@router.get(SessionView.PATH + "/{session_id}", summary="One session", **shows(SessionView))
async def show_session(session_id: str, reading: Reading) -> Response:
    return await reading.one(tables.sessions, SessionView, session_id)


@router.patch(SessionView.PATH + "/{session_id}", summary="Mend a session's record", **replaces(SessionView))
async def correct_session(session_id: str, body: CorrectSession, exchange: Replacing) -> Response:
    return await exchange.write(sessions.correct, session_id, body, exchange.match)


@router.post(SessionView.PATH + "/{session_id}/withdrawal", summary="Take a session back", **changes(SessionView))
async def withdraw_session(session_id: str, body: WithdrawSession, exchange: Posting) -> Response:
    return await exchange.write(sessions.withdraw, session_id, body, exchange.match)


@router.get(AttendanceView.PATH, summary="Attendance, one by one", **lists())
async def list_attendances(page: Annotated[PageOf[AttendanceView], Depends(ATTENDANCES)]) -> Listing[AttendanceView]:
    return await page.read()
