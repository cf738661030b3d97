"""Whoever asks in Indonesian is refused in Indonesian."""

import string
from collections.abc import AsyncIterator
from typing import Any, get_args

import httpx
import pytest
from fastapi import FastAPI

from services.scoring.domain.evidence import Evidence, Misfit, MisfitError
from services.scoring.domain.fold import refuse_misfit
from services.scoring.http import refusals
from services.scoring.http.refusals import Refusal, StaleTarget, UnusableFile, as_problem
from services.scoring.http.wording import MISFITS, WORDINGS, Code, said_of
from services.scoring.instrument import INSTRUMENTS_DIR, load
from shared.runtime.wording import TITLES, Wording

WRONG = {"field": "text", "detail": "x.yaml:3: weights: they sum to 1.10.", "remedy": "Correct them."}

KOTAN = load(INSTRUMENTS_DIR / "kotan-2022.yaml").plain
ITEM = next(iter(KOTAN.items))
FITTING = Evidence(2023, instrument="kotan-2022", group=next(iter(KOTAN.group_keys)), answers={ITEM: 2})


def places(wording: Wording) -> set[str]:
    return {field for text in wording for _, field, _, _ in string.Formatter().parse(text) if field}


def test_every_refusal_is_worded_in_both_languages() -> None:
    assert set(WORDINGS) == set(get_args(Code))
    for code, entry in WORDINGS.items():
        assert entry.status in TITLES, code
        assert places(entry.id) == places(entry.en), code
        assert all((*entry.id, *entry.en)), code
        assert entry.id.detail != entry.en.detail, code


MISFITTING = (
    ({"instrument": "kotan-2019"}, "jawaban untuk kotan-2019 pada 2023", "answers to kotan-2019 in 2023"),
    ({"group": "camat"}, "kelompok responden camat tidak ada", "respondent group camat is not one"),
    ({"answers": {}}, "kuesioner tanpa satu jawaban pun", "a questionnaire without any answer"),
    ({"answers": {"zz": 1}}, "butir zz tidak ada dalam kotan-2022", "item zz is not one of kotan-2022"),
    ({"answers": {ITEM: 9}}, f"jawaban 9 pada {ITEM} di luar", f"answer 9 to {ITEM} is outside"),
)


@pytest.mark.parametrize(("changes", "indonesian", "english"), MISFITTING)
def test_why_answers_do_not_fit_is_said_in_the_readers_language(
    changes: dict[str, Any], indonesian: str, english: str
) -> None:
    evidence = FITTING._replace(**changes)
    with pytest.raises(MisfitError) as raised:
        refuse_misfit(evidence, KOTAN)
    refusal = Refusal("event_misfit", "events.0.data", instrument=KOTAN.key, said=said_of(raised.value))
    said = {english: as_problem(refusal, english=english).detail or "" for english in (False, True)}
    assert indonesian in said[False]
    assert english in said[True]
    assert "answer" not in said[False]


def test_answers_that_fit_are_not_refused_and_every_misfit_has_its_words() -> None:
    refuse_misfit(FITTING, KOTAN)
    refuse_misfit(Evidence(2023, instrument="kotan-2019"), KOTAN)
    assert set(MISFITS) == set(get_args(Misfit))


@pytest.fixture
async def asked() -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    refusals.install(app)

    @app.get("/{what}")
    async def refuse(what: str) -> None:
        raise {
            "year": Refusal("year_empty", "year", region="32.76", year=2019, years="2022, 2023"),
            "target": StaleTarget(7),
            "file": UnusableFile([WRONG]),
        }[what]

    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://scoring") as client:
        yield client


@pytest.mark.parametrize(
    ("header", "language", "title", "detail"),
    [
        ("id", "id", "Tidak ditemukan", "Belum ada yang dicatat untuk 32.76 pada 2019."),
        ("*", "id", "Tidak ditemukan", "Belum ada yang dicatat untuk 32.76 pada 2019."),
        ("en-GB, id;q=0.4", "en", "Not found", "Nothing has been recorded for 32.76 in 2019."),
    ],
)
async def test_a_refusal_is_in_the_readers_language(
    asked: httpx.AsyncClient, header: str, language: str, title: str, detail: str
) -> None:
    answer = await asked.get("/year", headers={"Accept-Language": header})
    said = answer.json()
    assert (answer.status_code, answer.headers["Content-Language"]) == (404, language)
    assert (said["title"], said["detail"], said["errors"][0]["field"]) == (title, detail, "year")
    assert said["errors"][0]["remedy"].endswith("2022, 2023.")
    assert said["type"] == "urn:bersinar:problem:year-empty"


async def test_a_target_set_meanwhile_comes_with_its_version(asked: httpx.AsyncClient) -> None:
    answer = await asked.get("/target")
    assert (answer.status_code, answer.headers["ETag"]) == (412, '"7"')


async def test_a_wrong_file_names_every_line(asked: httpx.AsyncClient) -> None:
    answer = await asked.get("/file")
    assert (answer.status_code, answer.json()["errors"]) == (422, [WRONG])
