"""Histories for property tests: any mixture of counts, standing records and questionnaires."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from services.scoring.domain.evidence import FLOWS, STOCKS, Evidence
from services.scoring.domain.fold import City
from services.scoring.domain.instrument import Instrument
from services.scoring.domain.ledger import Cause, Entry
from services.scoring.instrument import load_catalogue

KOTAN = load_catalogue().get("kotan-2022").plain
OLD_KOTAN = load_catalogue().get("kotan-2019").plain
ITEMS = sorted(KOTAN.items)
GROUPS = [g.key for g in KOTAN.groups]
YEARS = st.integers(2021, 2024)
AT = datetime(2023, 1, 1, tzinfo=UTC)
COMPLETE = [
    Evidence(2023, instrument=KOTAN.key, group=g, answers={i: 1 + (n + m) % 4 for m, i in enumerate(ITEMS)})
    for n, g in enumerate(GROUPS)
]


def counted(names: list[str], *, carries: bool, least: int = -3) -> st.SearchStrategy[Evidence]:
    pairs = st.dictionaries(st.sampled_from(names), st.integers(least, 9), min_size=1, max_size=4)
    return st.builds(
        lambda year, counters, synthetic: Evidence(year, tuple(counters.items()), carries, synthetic=synthetic),
        YEARS,
        pairs,
        st.booleans(),
    )


QUESTIONNAIRES = st.builds(
    lambda year, group, answers: Evidence(year, instrument=KOTAN.key, group=group, answers=answers),
    YEARS,
    st.sampled_from(GROUPS),
    st.one_of(
        st.dictionaries(st.sampled_from(ITEMS), st.integers(1, 4), min_size=1, max_size=5),
        st.lists(st.integers(1, 4), min_size=40, max_size=40).map(lambda scores: dict(zip(ITEMS, scores, strict=True))),
    ),
)
EVENTS = st.one_of(counted(sorted(FLOWS), carries=False), counted(sorted(STOCKS), carries=True), QUESTIONNAIRES)
HISTORIES = st.lists(EVENTS, max_size=25)


def instrument_of(_: int) -> Instrument:
    return KOTAN


def city_after(history: list[Evidence]) -> City:
    city = City("32.76", [], instrument_of)
    for evidence in history:
        city.add(evidence)
    return city


def entry(number: int, evidence: Evidence) -> Entry:
    cause = Cause(f"e{number}", "a.type", AT + timedelta(minutes=number), None, None, evidence.synthetic)
    return Entry(number, cause, evidence)
