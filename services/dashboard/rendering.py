"""From a view to HTML. Templates decide nothing: what they need is worked out here and in the modules they're given."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import URL

from services.dashboard import chart, sentences, weights
from services.dashboard.campaigns import Campaign, Official
from services.dashboard.instrument import InstrumentDocument
from services.dashboard.scored import Pace, Standing
from services.dashboard.view import CityView, FeedRow, InstrumentOutline, Place, PublishedPoint
from services.dashboard.wording import LANGUAGES, Language, Wording, wording
from shared.access import current
from shared.runtime import clock

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"
NOTHING_MORE = Standing()
LOW_SHARE = 0.5
"""Below half of its quota a respondent group's bar is drawn in the warning colour."""


def city_path(code: str, *, year: int | None = None, language: Language | None = None) -> str:
    """The address of a city's page."""
    query = urlencode({k: v for k, v in (("year", year), ("lang", language)) if v is not None})
    return f"/kota/{code}" + (f"?{query}" if query else "")


class Pages:
    """Draws every page of the dashboard. Safe to share: it keeps nothing of a request."""

    def __init__(self, served: Sequence[Place], *, sso: bool = False) -> None:
        self.served, self.sso = tuple(served), sso
        self.environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.filters["status_way"] = status_way

    def city(self, view: CityView, words: Wording, now: datetime, standing: Standing = NOTHING_MORE) -> str:
        """A city's page."""
        links = {language: city_path(view.place.code, year=view.year, language=language) for language in LANGUAGES}
        city = CityPage(view, standing, words, now)
        return self._draw(
            "city.html", words, links, view=view, place=view.place, city=city, year=view.year, section="overview"
        )

    def method(self, document: InstrumentDocument | None, place: Place, words: Wording) -> str:
        """The page that explains the calculation."""
        links = {code: f"/cara-menghitung?kota={place.code}&lang={code}" for code in LANGUAGES}
        return self._draw("method.html", words, links, document=document, place=place)

    def sign_in(
        self, words: Wording, target: str, problem: str | None = None, account_problem: str | None = None
    ) -> str:
        """The page that takes an account's password or the node's token; ``target`` is where it leads."""
        links = {language: f"/masuk?{urlencode({'lang': language, 'next': target})}" for language in LANGUAGES}
        sso = f"/masuk/sso?{urlencode({'next': target})}" if self.sso else None
        return self._draw(
            "signin.html",
            words,
            links,
            problem=problem,
            account_problem=account_problem,
            target=target,
            sso=sso,
            place=None,
        )

    def surveys(
        self,
        place: Place,
        campaigns: Sequence[Campaign] | None,
        official: Sequence[Official],
        words: Wording,
        village: Callable[[str], str | None] = lambda _code: None,
    ) -> str:
        """The page of a city's surveys; ``None`` when the registry or scoring isn't answering. ``village`` gives the
        name of one, which is called by its code without."""
        links = {language: f"/survei/{place.code}?lang={language}" for language in LANGUAGES}
        latest = campaigns[0].year if campaigns else clock.now().year
        about = {"place": place, "year": latest, "section": "surveys"}
        return self._draw(
            "surveys.html", words, links, campaigns=campaigns, official=official, village=village, **about
        )

    def insight(
        self, template: str, words: Wording, place: Place, year: int, section: str, here: URL, **context: Any
    ) -> str:
        """A page around a city's index; ``section`` is its place among them, ``here`` its address."""
        links = {language: _in_language(here, language) for language in LANGUAGES}
        return self._draw(template, words, links, place=place, year=year, section=section, **context)

    def of_instrument(self, instrument: InstrumentOutline | None, words: Wording) -> dict[str, Any]:
        """What a template needs to name and draw an instrument's bands and variables."""
        bands = chart.band_places(instrument) if instrument else ()
        return {
            "bands": bands,
            "band_name": lambda key: sentences.band_name(key, instrument, words),
            "band_colour": lambda key: next((b.colour for b in bands if b.band.key == key), chart.COLOURS),
            "variable_name": lambda key: sentences.variable_name(key, instrument, words),
        }

    def answering(self) -> str:
        """The survey's page: an empty frame with its words in both languages; the questions come by invitation."""
        prefix = "answer."
        texts = {
            language: {
                key.removeprefix(prefix): text
                for key, text in wording(language).texts.items()
                if key.startswith(prefix)
            }
            for language in LANGUAGES
        }
        return self.environment.get_template("isi.html").render(words=texts)

    def static(self, name: str) -> bytes:
        """A static file, for the few that must lie elsewhere than below ``/statis/``."""
        return (STATIC / name).read_bytes()

    def missing(self, words: Wording, sentence: str) -> str:
        """The page of an address that doesn't exist."""
        links = {language: f"/?lang={language}" for language in LANGUAGES}
        return self._draw("missing.html", words, links, sentence=sentence, place=None, title="error.not_found")

    def refused(self, words: Wording, sentence: str, instead: Sequence[Place]) -> str:
        """The page of an address that isn't for this account, with the cities that are."""
        links = {language: f"/?lang={language}" for language in LANGUAGES}
        return self._draw(
            "missing.html", words, links, sentence=sentence, place=None, title="error.refused", served=instead
        )

    def _draw(self, name: str, words: Wording, links: dict[Language, str], /, **context: Any) -> str:
        template = self.environment.get_template(name)
        return template.render(
            w=words,
            links=links,
            who=current().login,
            city_path=city_path,
            source_link=source_link,
            source_label=source_label,
            **{"served": self.served, **context},
        )


def _in_language(here: URL, language: Language) -> str:
    """The same page in a language, by path and query."""
    changed = here.include_query_params(lang=language)
    return f"{changed.path}?{changed.query}"


def source_link(source: str) -> str | None:
    """The address of a source, when it is a web address."""
    return source if urlsplit(source).scheme in ("http", "https") else None


def source_label(source: str) -> str:
    """A source in a few words: a web address by its host."""
    return urlsplit(source).netloc.removeprefix("www.") if source_link(source) else source


def status_way(edition: str, words: Wording) -> str:
    """How a village's status was found: an edition of the survey, or how a recorded one came about."""
    return words.texts.get(f"villages.way.{edition}", edition)


class CityPage:
    """What the city's templates ask for: texts and places worked out from one view in one language."""

    def __init__(self, view: CityView, standing: Standing, words: Wording, now: datetime) -> None:
        self.view, self.words, self.now = view, words, now
        self.zone = view.place.time_zone
        self.bands = chart.band_places(view.instrument) if view.instrument else ()
        self.standing = standing
        self.panels = chart.trend_panels(view.published, view.computed, view.instrument, standing.official)
        self.conflicts = sentences.conflicts(view, words)

    @property
    def is_kota(self) -> bool:
        """A kota rather than a kabupaten: numbered from 71."""
        return int(self.view.place.code[3:5]) >= 71

    def at(self, value: Any) -> float:
        """The place of a score on the instrument's scale, percent."""
        instrument = self.view.instrument
        return chart.percent(value, instrument.lowest, instrument.highest) if instrument else 0.0

    def colour(self, band: str) -> int:
        """The colour of a band, 1 to 4."""
        return next((place.colour for place in self.bands if place.band.key == band), chart.COLOURS)

    def band(self, key: str | None) -> str:
        """A band's name."""
        return sentences.band_name(key, self.view.instrument, self.words)

    def band_short(self, place: chart.BandPlace) -> str:
        """A band's name where there's little room."""
        return self.words.texts.get(f"band_short.{place.band.key}") or self.words.name(place.band.names)

    def variable(self, key: str) -> str:
        """A variable's name."""
        return sentences.variable_name(key, self.view.instrument, self.words)

    @property
    def official(self) -> Official | None:
        """The locked value of the year shown."""
        return self.standing.locked(self.view.year)

    @property
    def has_moved_on(self) -> bool:
        """Whether the answers give another index now than the one that was locked."""
        score, official = self.view.survey.score, self.official
        return official is not None and score is not None and official.value != score.value

    @property
    def weights(self) -> weights.WeightsPicture | None:
        """What other weights would say about the survey index."""
        found, instrument = self.standing.sensitivity, self.view.instrument
        return weights.picture(found, instrument) if found and instrument else None

    def choice(self, names: Sequence[str]) -> str:
        """Sets of weights by name, the edition's own first."""
        known = [
            self.words.text("weights.of_edition", edition=name.split("-")[-1])
            if name not in ("own", "equal")
            else self.words.text(f"weights.{name}")
            for name in names
        ]
        return ", ".join(known)

    @property
    def paces(self) -> Sequence[Pace]:
        """Both readings against the target; none before there is one."""
        target = self.standing.target
        return target.paces if target is not None and target.value is not None else ()

    @property
    def reference(self) -> PublishedPoint | None:
        """The chosen published index of the year shown."""
        found = (p for p in self.view.published if p.year == self.view.year and p.chosen and p.index is not None)
        return next(found, None)

    @property
    def is_no_different(self) -> bool:
        """Whether the target lies within the survey's 95% interval: to be above or below it means nothing then."""
        interval, target = self.view.survey.interval, self.view.target
        return interval is not None and target is not None and interval.lower <= target.value <= interval.upper

    def group(self, key: str) -> str:
        """A respondent group's name."""
        return sentences.group_name(key, self.view.instrument, self.words)

    def share_of_quota(self, answers: int, quota: int) -> float:
        """Percent of the quota, at most 100."""
        return round(min(answers / quota, 1.0) * 100, 1) if quota else 0.0

    def is_low(self, answers: int, quota: int) -> bool:
        """Whether a group lags so far that somebody should ask after it."""
        return quota > 0 and answers / quota < LOW_SHARE

    def sentence(self, row: FeedRow) -> str:
        """What happened."""
        return sentences.what_happened(row, self.words)

    def path(self, row: FeedRow) -> str:
        """Through which indicator and variable."""
        return sentences.path_of(row, self.view.instrument, self.words)

    def why_no_survey(self) -> str:
        """What is missing for a survey index."""
        return sentences.why_no_survey_index(self.view, self.words)

    def clock(self, moment: datetime) -> str:
        """The time of day in the city."""
        return self.words.clock(moment, self.zone)

    def is_today(self, moment: datetime) -> bool:
        """Whether it is still that day in the city."""
        zone = ZoneInfo(self.zone)
        return moment.astimezone(zone).date() == self.now.astimezone(zone).date()

    def live_clock(self) -> str:
        """This moment with seconds and zone."""
        return f"{self.words.clock(self.now, self.zone, seconds=True)} {self.view.place.zone_label}"
