"""A case: a city's first programmes, agents, institutions, regulations and survey answers, all of them invented."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from services.registry.commands import agents, institutions, regulations, surveys
from services.registry.commands.agents import RecordAgent
from services.registry.commands.institutions import RecordInstitution
from services.registry.commands.model import Command, Written
from services.registry.commands.office import Office
from services.registry.commands.programmes import CreateProgramme
from services.registry.commands.regulations import RecordRegulation
from services.registry.commands.surveys import AnswerSurveyBatch
from services.registry.data.case_file import CaseFile, read_case
from services.registry.seeding.once import Report, SeedProgress, file_version, load_once
from services.registry.seeding.story import Step, Teller
from services.registry.seeding.survey import Questionnaire, answers_of
from shared.journal import Unit
from shared.runtime import plain_yaml

DATA = Path(__file__).parents[1] / "data"
SUFFIX = "_case.yaml"
QUESTIONNAIRES = Path(__file__).parent / "questionnaires"
SOURCE = "data contoh: tempat dan kantor nyata, isinya dikarang"

CommandT = TypeVar("CommandT", bound=Command)


class CaseElsewhere(Exception):
    """The case is of a kab/kota this node doesn't serve; ``region`` is its code."""

    def __init__(self, region: str) -> None:
        super().__init__(f"the case is of {region}, which this node doesn't serve")
        self.region = region


class CaseUnknown(Exception):
    """There is no case of this name; the message names those there are."""

    def __init__(self, name: str) -> None:
        known = ", ".join(sorted(path.name.removesuffix(SUFFIX) for path in DATA.glob(f"*{SUFFIX}")))
        super().__init__(f"BERSINAR_CASE names {name!r}; there is {known}, or leave it empty")


async def seed_case(office: Office, name: str, report: Report) -> bool:
    """Loads ``data/<name>_case.yaml`` through the same commands as the API; whether it did.

    Raises CaseUnknown, CaseElsewhere, or CaseFileInvalid naming the field of the file that is wrong.
    """
    path = DATA / f"{name}{SUFFIX}"
    if not path.exists():
        raise CaseUnknown(name)
    case = read_case(path)
    if case.region not in office.served:
        raise CaseElsewhere(case.region)
    steps = _steps(case, office, read_questionnaire(case.instrument))
    label = f"Contoh {name.capitalize() if len(name) > 3 else name.upper()}"

    async def load(unit: Unit) -> int:
        for done, step in enumerate(steps, start=1):
            await step(unit)
            report(SeedProgress(label, done, len(steps), SOURCE))
        return len(steps)

    return await load_once(office, f"case-{name}", file_version(path), load)


def read_questionnaire(instrument: str) -> Questionnaire:
    """The items of an instrument by variable. A test holds them against the instrument itself."""
    content = plain_yaml.read(QUESTIONNAIRES / f"{instrument}.yaml")
    return {str(variable): [str(item) for item in items] for variable, items in content["items"].items()}


def _steps(case: CaseFile, office: Office, questionnaire: Questionnaire) -> list[Step]:
    batch = AnswerSurveyBatch(items=tuple(answers_of(case, questionnaire)))
    teller = Teller(case, office)
    return [
        *(_step(agents.record, office, command) for command in _agents(case)),
        *(_step(institutions.record, office, command) for command in _institutions(case)),
        *(_step(regulations.record, office, command) for command in _regulations(case)),
        *(teller.programme(name, command) for name, command in _programmes(case).items()),
        *teller.steps(),
        _step(surveys.answer_batch, office, batch),
    ]


def _step(run: Callable[[Unit, Office, CommandT], Awaitable[Written]], office: Office, command: CommandT) -> Step:
    return lambda unit: run(unit, office, command)


def _agents(case: CaseFile) -> list[RecordAgent]:
    return [RecordAgent(kind=a.kind, village=a.village, on=a.on, synthetic=True) for a in case.agents]


def _institutions(case: CaseFile) -> list[RecordInstitution]:
    return [
        RecordInstitution(
            region=case.region,
            name=i.name,
            setting=i.setting,
            has_policy=i.has_policy,
            penggiat=i.penggiat,
            urine_tests=i.urine_tests,
            on=i.on,
            synthetic=True,
        )
        for i in case.institutions
    ]


def _regulations(case: CaseFile) -> list[RecordRegulation]:
    return [
        RecordRegulation(region=case.region, kind=r.kind, number=r.number, in_force=r.in_force, on=r.on, synthetic=True)
        for r in case.regulations
    ]


def _programmes(case: CaseFile) -> dict[str, CreateProgramme]:
    providers = {organisation.id: organisation.name for organisation in case.organisations}
    return {
        p.id: CreateProgramme(
            kind=p.kind,
            sector=p.sector,
            villages=p.villages,
            provider=providers[p.provider],
            quota=p.quota,
            on=p.on,
            synthetic=True,
        )
        for p in case.programmes
    }
