"""The page that says what moved an index: event, evidence, indicator, variable and index, with shares that sum up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from services.dashboard import sentences
from services.dashboard.instrument import InstrumentDocument
from services.dashboard.scored import Explanation, IndicatorShare, Moved, MovingEvent, VariableShare, Way
from services.dashboard.view import FeedRow
from services.dashboard.wording import Wording
from shared.contracts.scoring import Reading

PERIODS = (1, 7, 30)
"""Days back that are offered beside the whole year and dates of one's own."""


@dataclass(frozen=True)
class Period:
    """The days looked at, both inclusive, in the city's zone; without them everything there is of the year."""

    first: date | None = None
    last: date | None = None

    def moments(self, zone: str) -> tuple[datetime | None, datetime | None]:
        """The moment before the first day, and the last moment of the last."""
        at = ZoneInfo(zone)
        begin = datetime.combine(self.first, time(), at) if self.first else None
        end = datetime.combine(self.last + timedelta(days=1), time(), at) if self.last else None
        return begin, end - timedelta(microseconds=1) if end else None


@dataclass(frozen=True)
class Bar:
    """A share drawn from the middle: where it starts and how wide it is, in percent."""

    x: float
    width: float


class ReasonsPage:
    """What the template asks for, of one reading."""

    def __init__(
        self,
        found: Explanation,
        reading: Reading,
        period: Period,
        document: InstrumentDocument | None,
        words: Wording,
        place_name: Callable[[str], str | None],
    ) -> None:
        self.found, self.reading, self.period, self.words = found, reading, period, words
        self.moved: Moved | None = next((one for one in found.readings if one.reading == reading), None)
        self._place_name = place_name
        described = document.variables if document else ()
        self._variables = {v.key: v.name for v in described}
        self._indicators = {i.key: i.name for v in described for i in v.survey}
        self._indicators |= {i.key: i.name for v in described for i in v.evidence}
        self._items = {i.key: i.text for v in described for s in v.survey for i in s.items}
        shares = [abs(v.index_share) for v in self.moved.variables] if self.moved else []
        self._largest = max(shares, default=Decimal(0))

    @property
    def variables(self) -> list[VariableShare]:
        """The variables that moved it, the largest share first."""
        return sorted(self.moved.variables, key=lambda v: -abs(v.index_share)) if self.moved else []

    def indicators(self, variable: VariableShare) -> list[IndicatorShare]:
        """Those of a variable, the largest share first."""
        return sorted(variable.indicators, key=lambda i: -abs(i.index_share))

    def bar(self, share: Decimal) -> Bar:
        """A share's bar; the largest variable's reaches half of the width."""
        half = float(abs(share) / self._largest * 50) if self._largest else 0.0
        half = min(round(half, 2), 50.0)
        return Bar(50.0 if share >= 0 else round(50 - half, 2), half)

    def variable(self, key: str) -> str:
        """A variable's name."""
        return self._name(self._variables, "variable", key)

    def indicator(self, key: str) -> str:
        """An indicator's name without what stands in brackets behind it."""
        return self._name(self._indicators, "indicator", key).split(" (")[0]

    def evidence(self, key: str) -> str:
        """A counter's name, or the statement of an item."""
        return self._name(self._items, "counter", key)

    def _name(self, names: Mapping[str, Mapping[str, str]], group: str, key: str) -> str:
        return self.words.name(names[key]) if key in names else self.words.known(group, key)

    def what(self, event: MovingEvent) -> str:
        """What happened, in a sentence."""
        row = FeedRow(
            key=event.event_id,
            event_id=event.event_id,
            event_type=event.event_type,
            at=event.at,
            reading=self.reading,
            place=self._place_name(event.village) if event.village else None,
            detail=event.detail,
            share=event.index_share,
            movements=(),
        )
        return sentences.what_happened(row, self.words)

    def way(self, way: Way) -> str:
        """``usaha baru → Usaha yang didirikan peserta → Ketahanan masyarakat``."""
        return self.words.text(
            "reasons.way",
            evidence=self.evidence(way.evidence),
            indicator=self.indicator(way.indicator),
            variable=self.variable(way.variable),
        )
