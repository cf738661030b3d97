"""What the command line makes of the registry's OpenAPI document and of what people type."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli.actions import Offer
from cli.connection import CommandError
from cli.values import body_of
from services.registry.app import build
from services.registry.settings import RegistrySettings


@pytest.fixture(scope="module")
def offer(tmp_path_factory: pytest.TempPathFactory) -> Offer:
    return Offer(build(RegistrySettings(data_dir=tmp_path_factory.mktemp("node"))).app.openapi())


def test_everything_that_changes_something_can_be_done(offer: Offer) -> None:
    names = [one.action for one in offer.actions]
    assert len(names) == len(set(names))
    assert {"create-programme", "enrol", "record-visit", "register-participant"} <= set(names)
    assert {"programmes", "enrolments", "follow-ups", "participants"} <= set(offer.subjects)


def test_help_is_there_in_both_languages(offer: Offer) -> None:
    visit = offer.action("record_visit", "id")
    assert visit.summaries == {"id": "Catat kunjungan", "en": "Record the visit"}
    spoken = [one for one in offer.actions if one.summaries["id"] != one.summaries["en"]]
    assert len(spoken) >= len(offer.actions) * 0.9, "summaries.yaml lags far behind the addresses"


def test_an_address_is_made_of_its_ids(offer: Offer) -> None:
    status = offer.action("put-area-status", "id")
    assert status.address({"village": "32.76.07.1003", "year": "2024"}) == "/v1/area-statuses/32.76.07.1003/2024"
    assert offer.record_of("programmes", "id").ids == ("programme_id",)
    assert offer.record_of("vocabulary", "id").ids == ()
    assert offer.reading("/v1/programmes/{programme_id}")


@pytest.mark.parametrize(
    ("given", "body"),
    [
        (["quota=20", "kind=magang"], {"quota": 20, "kind": "magang"}),
        (["villages=32.76.07.1003,32.76.07.1005"], {"villages": ["32.76.07.1003", "32.76.07.1005"]}),
        (['villages=["32.76.07.1003"]'], {"villages": ["32.76.07.1003"]}),
        (["villages.0=32.76.07.1003"], {"villages": ["32.76.07.1003"]}),
        (["synthetic=ya", "budget_rupiah="], {"synthetic": True, "budget_rupiah": None}),
        (["provider=DKUM = Kota Depok"], {"provider": "DKUM = Kota Depok"}),
    ],
)
def test_what_is_typed_becomes_the_right_type(offer: Offer, given: list[str], body: dict[str, Any]) -> None:
    assert body_of(given, offer.action("create-programme", "id").fields, None, "id") == body


def test_parts_of_lists_are_typed_one_by_one(offer: Offer) -> None:
    fields = offer.action("hold-session", "id").fields
    given = ["participants.0.participant_id=a", "participants.0.present=false", "participants.1.participant_id=b"]
    marks = [{"participant_id": "a", "present": False}, {"participant_id": "b"}]
    assert body_of(given, fields, None, "id") == {"participants": marks}


@pytest.mark.parametrize("given", ["qouta=20", "quota=many", "synthetic=maybe", "villages=[", "quota"])
def test_what_cannot_be_read_is_named(offer: Offer, given: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError):
        body_of([given], offer.action("create-programme", "id").fields, None, "en")
    assert given.split("=")[0] in capsys.readouterr().err


def test_an_unknown_name_gets_the_nearest(offer: Offer, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError):
        offer.action("record-vist", "en")
    with pytest.raises(CommandError):
        offer.list_of("programs", "en")
    said = capsys.readouterr().err
    assert "record-visit" in said
    assert "programmes" in said


def test_a_file_is_the_body_and_typed_fields_are_over_it(offer: Offer, tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text(json.dumps({"quota": 5, "kind": "magang"}))
    fields = offer.action("create-programme", "id").fields
    assert body_of(["quota=6"], fields, file, "id") == {"quota": 6, "kind": "magang"}
    file.write_text("[1]")
    with pytest.raises(CommandError):
        body_of([], fields, file, "id")
