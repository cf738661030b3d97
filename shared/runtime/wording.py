"""What a rule's refusal says in both languages, Indonesian unless English is asked for, and how it is answered."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from fastapi import Request
from fastapi.responses import JSONResponse

from shared.runtime import problem
from shared.runtime.language import speaks_english
from shared.runtime.problem import Problem

TITLES: Mapping[int, tuple[str, str]] = {
    400: ("Permintaan tidak terbaca", "Unreadable request"),
    401: ("Belum masuk", "Not signed in"),
    403: ("Tidak diizinkan", "Not allowed"),
    404: ("Tidak ditemukan", "Not found"),
    409: ("Bertentangan dengan data yang ada", "Conflict with what is recorded"),
    410: ("Sudah tidak ada", "Gone"),
    412: ("Data sudah berubah", "The record has changed"),
    413: ("Terlalu besar", "Too large"),
    422: ("Isian belum benar", "Invalid input"),
    428: ("Versi belum disebut", "Version missing"),
    429: ("Terlalu banyak percobaan", "Too many attempts"),
    503: ("Layanan lain belum menjawab", "Another service is not answering"),
}


class Wording(NamedTuple):
    """One refusal in one language."""

    detail: str
    remedy: str


class Entry(NamedTuple):
    """One refusal: its HTTP status and both wordings."""

    status: int
    id: Wording
    en: Wording

    def problem(
        self,
        code: str,
        field: str | None,
        values: Mapping[str, object],
        *,
        english: bool,
        headers: Mapping[str, str] | None = None,
    ) -> Problem:
        """The problem document; ``values`` fill what stands in braces."""
        wording = self.en if english else self.id
        return Problem(
            self.status,
            TITLES[self.status][1 if english else 0],
            detail=wording.detail.format(**values),
            field=field,
            remedy=wording.remedy.format(**values),
            type=f"urn:bersinar:problem:{code.replace('_', '-')}",
            headers=headers,
        )


def entry(status: int, detail_id: str, remedy_id: str, detail_en: str, remedy_en: str) -> Entry:
    """An entry: the status, then detail and remedy in Indonesian and in English."""
    return Entry(status, Wording(detail_id, remedy_id), Wording(detail_en, remedy_en))


def answer(request: Request, in_language: Callable[[bool], Problem]) -> JSONResponse:
    """A refusal in the language of whoever asked; ``in_language`` is told whether that is English."""
    english = speaks_english(request.headers.get("accept-language", ""))
    answered = problem.response(in_language(english), request.url.path)
    answered.headers["Content-Language"] = "en" if english else "id"
    return answered
