"""The shape of a case file such as depok_case.yaml: a city's first entries, read once on a node's first start.

Everything that could describe a person or a result carries ``synthetic``; agents, programmes, institutions,
regulations and answers must be synthetic, so a case file can't smuggle real ones past the office that answers for them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, Self, get_args

import yaml
from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator

from services.registry.data.case_story import CaseModel, Day, Story, Synthetic, Text
from services.registry.data.vocabulary_file import built_in
from shared.contracts.envelope import VillageCode
from shared.contracts.registry import Count, Id, KotanGroup, ProgrammeKind, RegulationKind, Setting, Year
from shared.contracts.scoring import Variable
from shared.runtime import plain_yaml

CityCode = Annotated[str, Field(pattern=r"^\d{2}\.(0[1-9]|[1-6]\d|7[1-9]|[89]\d)$")]
OrganisationKind = Literal[
    "bnnk",
    "bnnp",
    "dinas",
    "dkum",
    "disperindag",
    "dekranasda",
    "kesbangpol",
    "kecamatan",
    "kelurahan",
    "asosiasi_umkm",
    "panti_sosial",
    "perusahaan",
]


def _exact(value: object) -> object:
    """YAML reads ``3.40`` as a binary fraction; its shortest text is the decimal that was written."""
    return str(value) if isinstance(value, float) else value


AverageLevel = Annotated[Decimal, BeforeValidator(_exact), Field(ge=1, le=4)]
"""An average answer on the scale from 1 to 4."""


def _listed(kind: str) -> str:
    if kind not in built_in().kinds:
        raise ValueError(f"{kind!r} is no kind of vocabulary.yaml")
    return kind


class CaseFileInvalid(ValueError):
    """A case file that can't be used; the message has one line for each field that is wrong."""


class FocusVillage(CaseModel):
    """A village of Kelurahan Bersinar."""

    code: VillageCode
    name: Text


class Organisation(CaseModel):
    """A partner. ``villages`` narrows it to where it works; empty means the whole city."""

    id: Id
    name: Text
    kind: OrganisationKind
    villages: tuple[VillageCode, ...] = ()
    synthetic: bool


class Entry(CaseModel):
    """Something the office entered on a day; always invented in a case file."""

    id: Id
    on: Day
    synthetic: Synthetic


class Agent(Entry):
    """A recovery agent or penggiat, as an id without a name."""

    kind: Literal["agen_pemulihan", "penggiat"]
    village: VillageCode


class Programme(Entry):
    """A programme; ``provider`` is the id of one of the file's organisations, ``quota`` the number of places."""

    name: Text
    kind: Annotated[ProgrammeKind, AfterValidator(_listed)]
    sector: Text
    villages: Annotated[tuple[VillageCode, ...], Field(min_length=1)]
    provider: Id
    quota: Annotated[int, Field(ge=1, le=1000)]


class Institution(Entry):
    """An institution in one of the four settings; ``penggiat`` counts people, ``urine_tests`` tests."""

    name: Text
    setting: Setting
    has_policy: bool
    penggiat: Count
    urine_tests: Count


class Regulation(Entry):
    """A regional regulation, decree or action plan on P4GN."""

    kind: RegulationKind
    number: Text
    in_force: bool


class GroupAnswers(CaseModel):
    """How many of a respondent group answered, and the group's average answer to the items of each variable."""

    answers: Annotated[int, Field(ge=1, le=1000)]
    levels: Mapping[Variable, AverageLevel]

    @model_validator(mode="after")
    def _every_variable(self) -> Self:
        _require_all(get_args(Variable), self.levels, "levels")
        return self


class Survey(CaseModel):
    """The answers to invent: at most ``quota_per_group`` in each group, dated within the period, both days included."""

    quota_per_group: Annotated[int, Field(ge=1, le=1000)]
    first_day: Annotated[date, Field(alias="from")]
    last_day: Annotated[date, Field(alias="to")]
    synthetic: Synthetic
    groups: Mapping[KotanGroup, GroupAnswers]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        _require_all(get_args(KotanGroup), self.groups, "groups")
        if self.last_day < self.first_day:
            raise ValueError(f"to: {self.last_day} is before from: {self.first_day}")
        for group, given in self.groups.items():
            if given.answers > self.quota_per_group:
                raise ValueError(f"groups.{group}.answers: {given.answers} is above the quota {self.quota_per_group}")
        return self


class CaseFile(CaseModel):
    """A whole case: one city, the year of its survey, and from which year to which its entries are.

    ``node`` is the node the case is for, and ``serves`` the kab/kota that node's office serves.
    """

    node: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,32}$")]
    serves: Annotated[tuple[CityCode, ...], Field(min_length=1)]
    region: CityCode
    year: Year
    first_year: Year | None = None
    last_year: Year | None = None
    instrument: Id
    focus_villages: Annotated[tuple[FocusVillage, ...], Field(min_length=1)]
    organisations: tuple[Organisation, ...]
    agents: tuple[Agent, ...]
    programmes: tuple[Programme, ...]
    institutions: tuple[Institution, ...]
    regulations: tuple[Regulation, ...]
    survey: Survey
    story: Story = Story()

    @model_validator(mode="after")
    def _ids_unique(self) -> Self:
        ids = {
            "organisations": [organisation.id for organisation in self.organisations],
            "agents": [agent.id for agent in self.agents],
            "programmes": [programme.id for programme in self.programmes],
            "institutions": [institution.id for institution in self.institutions],
            "regulations": [regulation.id for regulation in self.regulations],
        }
        for field, given in ids.items():
            counts = Counter(given)
            repeated = sorted(key for key, count in counts.items() if count > 1)
            if repeated:
                raise ValueError(f"{field}: id {repeated[0]!r} appears more than once")
        return self

    @model_validator(mode="after")
    def _providers_known(self) -> Self:
        known = {organisation.id for organisation in self.organisations}
        for number, programme in enumerate(self.programmes):
            if programme.provider not in known:
                raise ValueError(f"programmes.{number}.provider: {programme.provider!r} is none of the organisations")
        return self

    @model_validator(mode="after")
    def _story_known(self) -> Self:
        if self.region not in self.serves:
            raise ValueError(f"serves: {self.region} isn't among them")
        organisations = {organisation.id for organisation in self.organisations}
        programmes = {programme.id for programme in self.programmes}
        for known, named in ((organisations, self.story.organisations()), (programmes, self.story.programmes())):
            for field, name in named:
                if name not in known:
                    raise ValueError(f"story.{field}: {name!r} is unknown")
        return self

    @model_validator(mode="after")
    def _villages_inside(self) -> Self:
        for field, village in self._villages():
            if not village.startswith(f"{self.region}."):
                raise ValueError(f"{field}: village {village} isn't in {self.region}")
        return self

    @model_validator(mode="after")
    def _dates_in_year(self) -> Self:
        dated: tuple[Entry, ...] = (*self.agents, *self.programmes, *self.institutions, *self.regulations)
        first, last = self.first_year or self.year, self.last_year or self.year
        for element in dated:
            if not first <= element.on.year <= last:
                years = f"the year {first}" if first == last else f"the years {first} to {last}"
                raise ValueError(f"{element.id}: {element.on} isn't in {years}")
        for name, day in (("survey.from", self.survey.first_day), ("survey.to", self.survey.last_day)):
            if day.year != self.year:
                raise ValueError(f"{name}: {day} isn't in the year {self.year}")
        return self

    def _villages(self) -> Iterable[tuple[str, str]]:
        """Every village named in the file, with the field that names it."""
        for number, focus in enumerate(self.focus_villages):
            yield f"focus_villages.{number}.code", focus.code
        for number, agent in enumerate(self.agents):
            yield f"agents.{number}.village", agent.village
        for number, organisation in enumerate(self.organisations):
            yield from ((f"organisations.{number}.villages", village) for village in organisation.villages)
        for number, programme in enumerate(self.programmes):
            yield from ((f"programmes.{number}.villages", village) for village in programme.villages)
        yield from ((f"story.{field}", village) for field, village in self.story.villages())


def _require_all(keys: Iterable[str], given: Iterable[str], field: str) -> None:
    missing = [key for key in keys if key not in set(given)]
    if missing:
        raise ValueError(f"{field}: {', '.join(missing)} missing")


def read_case(path: Path) -> CaseFile:
    """The case in a YAML file. Raises :class:`CaseFileInvalid` with a line for each field that is wrong."""
    try:
        return CaseFile.model_validate(plain_yaml.read(path))
    except yaml.YAMLError as error:
        raise CaseFileInvalid(f"{path.name}: not readable as YAML: {error}") from None
    except ValidationError as refusal:
        lines = [f"{path.name}: {_line(dict(error))}" for error in refusal.errors(include_url=False)]
        raise CaseFileInvalid("\n".join(lines)) from None


def _line(error: Mapping[str, object]) -> str:
    location = error["loc"]
    field = ".".join(str(part) for part in location) if isinstance(location, tuple) else ""
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{field}: {message}" if field else message
