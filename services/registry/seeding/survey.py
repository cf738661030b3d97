"""Invented answers to a survey, so that a group's average comes out as a case file says."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from services.registry.commands.surveys import AnswerSurvey
from services.registry.data.case_file import CaseFile, GroupAnswers

Questionnaire = Mapping[str, Sequence[str]]
"""Variable -> names of its items."""


def answers_of(case: CaseFile, questionnaire: Questionnaire) -> list[AnswerSurvey]:
    """Every answer of the case, group by group, dated evenly over the survey's days."""
    answers: list[AnswerSurvey] = []
    for group, given in case.survey.groups.items():
        sheets = _sheets(given, questionnaire)
        days = _days(case.survey.first_day, case.survey.last_day, len(sheets))
        answers += [
            AnswerSurvey(
                region=case.region,
                instrument=case.instrument,
                year=case.year,
                group=group,
                answers=sheet,
                on=day,
                synthetic=True,
            )
            for sheet, day in zip(sheets, days, strict=True)
        ]
    return answers


def levels(average: Decimal, count: int) -> list[int]:
    """``count`` answers of 1 to 4 with this average (rounded to what ``count`` allows), evenly mixed."""
    total = int((average * count).quantize(Decimal(1), ROUND_HALF_UP))
    return [(place + 1) * total // count - place * total // count for place in range(count)]


def _sheets(given: GroupAnswers, questionnaire: Questionnaire) -> list[dict[str, int]]:
    sheets: list[dict[str, int]] = [{} for _ in range(given.answers)]
    for variable, average in given.levels.items():
        items = questionnaire[variable]
        mixed = iter(levels(average, given.answers * len(items)))
        for sheet in sheets:
            sheet.update({item: next(mixed) for item in items})
    return sheets


def _days(first: date, last: date, count: int) -> list[date]:
    span = (last - first).days + 1
    return [first + timedelta(days=place * span // count) for place in range(count)]
