"""Refusals as RFC 9457 problems in the caller's language, Indonesian unless English is asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from services.scoring.http.wording import WORDINGS, Code, Said
from shared.runtime import wording
from shared.runtime.problem import Problem


class Refusal(Exception):
    """A request that can't be granted: the reason, what to mend, and what the wording names."""

    headers: Mapping[str, str] | None = None

    def __init__(self, code: Code, field: str | None = None, **values: object) -> None:
        super().__init__(code)
        self.code, self.field, self.values = code, field, values


class StaleTarget(Refusal):
    """A target was set again since the caller read it; ``version`` is the current one."""

    def __init__(self, version: int) -> None:
        super().__init__("target_stale", "If-Match", version=version)
        self.headers = {"ETag": f'"{version}"'}


class UnusableFile(Refusal):
    """A file that breaks rules of instruments; ``errors`` name each with its line."""

    def __init__(self, errors: Sequence[Mapping[str, str]]) -> None:
        super().__init__("file_unusable")
        self.errors = errors


def as_problem(refusal: Refusal, *, english: bool) -> Problem:
    """The problem document of a refusal."""
    values = {name: _in_one(value, english=english) for name, value in refusal.values.items()}
    entry = WORDINGS[refusal.code]
    found = entry.problem(refusal.code, refusal.field, values, english=english, headers=refusal.headers)
    if isinstance(refusal, UnusableFile):
        found.errors = [dict(error) for error in refusal.errors]
    return found


def _in_one(value: object, *, english: bool) -> object:
    """A value that is a sentence, in the reader's language; any other as it is."""
    if isinstance(value, Said):
        return value.en if english else value.id
    return value


def install(app: FastAPI) -> None:
    """Makes every refusal a problem document."""

    @app.exception_handler(Refusal)
    async def on_refusal(request: Request, refusal: Refusal) -> JSONResponse:
        return wording.answer(request, lambda english: as_problem(refusal, english=english))


def listed(names: Any) -> str:
    """Names one after another, as a remedy offers them."""
    return ", ".join(map(str, names))
