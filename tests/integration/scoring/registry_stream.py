"""Registry events as entries of a stream: numbered, chained, byte for byte as a publisher writes them."""

from datetime import UTC, date, datetime
from typing import Any

from shared.contracts import registry
from shared.contracts.envelope import Event, Payload, chain_hash, encode, wire
from shared.journal.follower import Entries

AT = datetime(2023, 5, 4, 7, 30, tzinfo=UTC)
ON = date(2023, 5, 4)
RATU_JAYA = "32.76.07.1003"
GROUPS = [
    "kejaksaan",
    "pengadilan",
    "polres",
    "koramil",
    "pemda",
    "pendidikan",
    "dunia_usaha",
    "keluarga",
    "masyarakat",
]


class RegistryStream:
    """Makes entries and keeps them, so that a follower can ask for what it missed."""

    def __init__(self) -> None:
        self.entries: Entries = []
        self._hash = "epoch"

    def add(self, payload: Payload, *, region: str = "32.76", at: datetime = AT) -> str:
        """The next entry; answers the event's id."""
        seq = len(self.entries) + 1
        event = Event[Payload](
            id=f"event-{seq}", source="/test", type=payload.TYPE, subject="x", time=at, region=region, data=payload
        )
        return self.add_raw(encode(event), seq)

    def add_raw(self, body: str, seq: int | None = None) -> str:
        """The next entry from its JSON."""
        seq = seq or len(self.entries) + 1
        self.entries.append((seq, wire(body, seq, self._hash)))
        self._hash = chain_hash(self.entries[-1][1])
        return f"event-{seq}"

    async def fetch(self, stream: str, after: int, limit: int) -> Entries:
        return self.entries[after : after + limit]

    async def close(self) -> None:
        return


def business(n: int = 1, **changes: Any) -> registry.BusinessStarted:
    data = {"business_id": f"b{n}", "participant_id": f"p{n}", "sector": "lele", "village": RATU_JAYA, "on": ON}
    return registry.BusinessStarted.model_validate(data | changes)


def regulation(**changes: Any) -> registry.RegulationRecorded:
    data = {"regulation_id": "r1", "kind": "perda", "number": "1/2022", "in_force": True, "on": date(2022, 3, 1)}
    return registry.RegulationRecorded.model_validate(data | changes)


def answers(group: str, items: list[str], score: int = 3, **changes: Any) -> registry.SurveyAnswered:
    data = {
        "answer_id": f"a-{group}",
        "instrument": "kotan-2022",
        "year": 2023,
        "group": group,
        "answers": dict.fromkeys(items, score),
        "on": ON,
        "synthetic": True,
    }
    return registry.SurveyAnswered.model_validate(data | changes)


def published(published_id: str, index: str, year: int = 2022) -> registry.IndexPublished:
    return registry.IndexPublished.model_validate(
        {
            "published_id": published_id,
            "area": "32.76",
            "area_name": "Kota Depok",
            "year": year,
            "edition": "kotan-2022",
            "index": index,
            "category": "sangat_tanggap",
            "source": "a report",
        }
    )


def chosen(published_id: str, index: str, year: int = 2022) -> registry.IndexReferenceChosen:
    return registry.IndexReferenceChosen.model_validate(
        {
            "published_id": published_id,
            "area": "32.76",
            "year": year,
            "edition": "kotan-2022",
            "index": index,
            "reason": "the target for 2023 rests on it",
        }
    )
