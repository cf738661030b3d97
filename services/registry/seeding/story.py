"""A case's story, told through the same commands as the API: people are invented and called "Peserta Contoh NN"."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

from sqlalchemy import select

from services.registry.commands import (
    area_statuses,
    businesses,
    commitments,
    designations,
    enrolments,
    forums,
    groups,
    organisations,
    participants,
    pillars,
    potentials,
    programmes,
    referrals,
    sessions,
    visits,
)
from services.registry.commands.model import Written
from services.registry.commands.office import Office
from services.registry.data import case_story
from services.registry.data.case_file import CaseFile, Organisation, Programme
from services.registry.storage import tables
from shared.journal import Unit

Step = Callable[[Unit], Awaitable[object]]
NIK_REGION = "9999"
"""A region no NIK begins with."""


class Teller:
    """Turns a story into steps. What a step makes is known to later ones by the file's own ids."""

    def __init__(self, case: CaseFile, office: Office) -> None:
        self._case, self._office, self._story = case, office, case.story
        self._names = {one.id: one.name for one in case.organisations}
        self._made: dict[tuple[str, object], str] = {}

    def steps(self) -> list[Step]:
        """Everything of the story except the programmes, which :meth:`programme` made."""
        story = self._story
        return [
            *(self._potential(one) for one in story.potentials),
            *(self._designation(one) for one in story.designations),
            *(self._status(one) for one in sorted(story.statuses, key=lambda one: one.year)),
            *(self._pillar(one) for one in story.pillars),
            *(self._organisation(one) for one in self._case.organisations if story.forums),
            *(step for forum in story.forums for step in self._forum(forum)),
            *(self._person(number) for number in range(1, (story.people.count if story.people else 0) + 1)),
            *(step for one in story.referrals for person in one.people for step in self._referral(one, person)),
            *(step for programme in self._case.programmes for step in self._course(programme)),
            *(self._group(group) for group in story.groups),
            *(step for business in story.businesses for step in self._business(business)),
        ]

    def programme(self, name: str, command: programmes.CreateProgramme) -> Step:
        """Makes a programme, known by its name in the file from then on."""
        return self._make("programme", name, lambda unit: programmes.create(unit, self._office, command))

    def _make(self, kind: str, name: object, run: Callable[[Unit], Awaitable[Written]]) -> Step:
        async def step(unit: Unit) -> None:
            done = await run(unit)
            self._made[kind, name] = done.view.model_dump()["id"]

        return step

    def _potential(self, one: case_story.Potential) -> Step:
        values = one.model_dump() | {"mapped_by": self._names[one.mapped_by]}
        command = potentials.MapPotential.model_validate(values)
        return lambda unit: potentials.record(unit, self._office, command)

    def _designation(self, one: case_story.Designation) -> Step:
        command = designations.SetDesignation.model_validate(one.model_dump(exclude={"village", "year"}))
        return lambda unit: designations.put(unit, self._office, one.village, one.year, command, None)

    def _status(self, one: case_story.AreaStatus) -> Step:
        said = area_statuses.SetAreaStatus(status=one.status, method=one.method, on=one.on, synthetic=True)
        return lambda unit: area_statuses.put(unit, self._office, one.village, one.year, said, None)

    def _referral(self, one: case_story.Referral, person: int) -> list[Step]:
        key = (one.to, person, one.on)

        async def send(unit: Unit) -> Written:
            ids = {
                "participant_id": self._made["person", person],
                "organisation_id": self._made["organisation", one.to],
            }
            command = referrals.SendReferral.model_validate(ids | {"on": one.on, "synthetic": True})
            return await referrals.send(unit, self._office, command)

        return [self._make("referral", key, send), *(self._answer(key, step) for step in one.steps)]

    def _answer(self, key: tuple[str, int, date], step: case_story.ReferralStep) -> Step:
        async def answer(unit: Unit) -> None:
            referral = self._made["referral", key]
            if step.outcome == "received":
                await referrals.receive(unit, self._office, referral, referrals.ReceiveReferral(on=step.on), None)
            else:
                said = referrals.AnswerReferral(outcome=step.outcome, on=step.on, reason=step.reason)
                await referrals.answer(unit, self._office, referral, said, None)

        return answer

    def _pillar(self, one: case_story.Pillar) -> Step:
        command = pillars.RecordPillar.model_validate(one.model_dump())
        return lambda unit: pillars.record(unit, self._office, command)

    def _organisation(self, one: Organisation) -> Step:
        first = min(forum.on for forum in self._story.forums)
        body = {"region": self._case.region, "name": one.name, "kind": KINDS.get(one.kind, one.kind), "on": first}
        command = organisations.RecordOrganisation.model_validate(body | {"synthetic": one.synthetic})
        return self._make("organisation", one.id, lambda unit: organisations.record(unit, self._office, command))

    def _forum(self, one: case_story.Forum) -> list[Step]:
        body = {"region": self._case.region, **one.model_dump(include={"title", "on", "agenda", "synthetic"})}
        plan = forums.PlanForum.model_validate(body | {"agenda": list(one.agenda)})

        async def hold(unit: Unit) -> None:
            came = [
                {"organisation_id": self._made["organisation", name], "people": n} for name, n in one.attendance.items()
            ]
            command = forums.HoldForum.model_validate({"on": one.on, "attendance": came})
            await forums.hold(unit, self._office, self._made["forum", one.title], command, None)

        planned = self._make("forum", one.title, lambda unit: forums.plan(unit, self._office, plan))
        return [planned, hold, *(self._commitment(one.title, promise) for promise in one.commitments)]

    def _commitment(self, forum: str, one: case_story.Commitment) -> Step:
        async def step(unit: Unit) -> None:
            ids = {
                "forum_id": self._made["forum", forum],
                "organisation_id": self._made["organisation", one.organisation],
            }
            command = commitments.Commit.model_validate({**ids, "what": one.what, "due_on": one.due, "synthetic": True})
            made = (await commitments.make(unit, self._office, command)).view.model_dump()
            if one.outcome is not None:
                said = {"outcome": one.outcome, "on": one.settled, "reason": one.reason}
                settled = commitments.Settle.model_validate(said)
                await commitments.settle(unit, self._office, made["id"], settled, None)

        return step

    def _person(self, number: int) -> Step:
        people = self._story.people
        assert people is not None  # noqa: S101 - there is no number without people

        def turn(words: tuple[Any, ...]) -> Any:
            return words[(number - 1) % len(words)]

        command = participants.RegisterParticipant.model_validate(
            {
                "name": f"Peserta Contoh {number:02}",
                "nik": f"{NIK_REGION}{self._case.region.replace('.', '')}{number:08}",
                "village": people.village,
                "group": turn(people.groups),
                "sex": turn(people.sexes),
                "age_band": turn(people.age_bands),
                "on": people.on,
                "synthetic": True,
            }
        )
        return self._make("person", number, lambda unit: participants.register(unit, self._office, command))

    def _course(self, programme: Programme) -> list[Step]:
        """A programme from the first place given to its end, as far as the story tells of it."""
        sessions = self._story.sessions.get(programme.id, ())
        members = self._story.members.get(programme.id)
        people = members.people if members else ()
        steps = [self._enrolment(programme.id, members, person) for person in people if members]
        steps += [self._session(programme, one, members) for one in sessions]
        steps += [self._end(programme.id, members, person) for person in people if members]
        over = members.completed if members else max((one.on for one in sessions), default=None)
        return [*steps, self._over(programme.id, over)] if over else steps

    def _session(self, programme: Programme, one: case_story.Session, members: case_story.Members | None) -> Step:
        gone = {left.person for left in members.dropped if left.on < one.on} if members else set()
        there = [person for person in members.people if person not in gone] if members else []
        body = {"village": programme.villages[0], "on": one.on, "families": one.families, "synthetic": True}

        async def step(unit: Unit) -> None:
            listed = [
                {"participant_id": self._made["person", person], "present": place < one.attended}
                for place, person in enumerate(there)
            ]
            said = body | {"programme_id": self._made["programme", programme.id], "participants": listed}
            command = sessions.HoldSession.model_validate(said | ({} if listed else {"attended": one.attended}))
            await sessions.hold(unit, self._office, command)

        return step

    def _enrolment(self, programme: str, members: case_story.Members, person: int) -> Step:
        async def enrol(unit: Unit) -> Written:
            ids = {"participant_id": self._made["person", person], "programme_id": self._made["programme", programme]}
            command = enrolments.Enrol.model_validate(ids | {"on": members.enrolled, "synthetic": True})
            return await enrolments.enrol(unit, self._office, command)

        return self._make("enrolment", (programme, person), enrol)

    def _end(self, programme: str, members: case_story.Members, person: int) -> Step:
        left = next((one for one in members.dropped if one.person == person), None)

        async def step(unit: Unit) -> None:
            enrolment = self._made["enrolment", (programme, person)]
            if left is not None:
                drop = enrolments.Drop(on=left.on, reason=left.reason)
                await enrolments.drop(unit, self._office, enrolment, drop, None)
            elif members.completed is not None:
                await enrolments.complete(unit, self._office, enrolment, enrolments.Step(on=members.completed), None)

        return step

    def _over(self, programme: str, on: date) -> Step:
        command = programmes.MoveProgramme(state="completed", on=on)
        return lambda unit: programmes.move(unit, self._office, self._made["programme", programme], command, None)

    def _group(self, one: case_story.MentoredGroup) -> Step:
        body = one.model_dump(include={"name", "sector", "village", "on", "synthetic"})

        async def form(unit: Unit) -> Written:
            said = body | {
                "programme_id": self._made["programme", one.programme],
                "mentor": self._names[one.mentor],
                "members": [self._made["person", person] for person in one.members],
            }
            return await groups.form(unit, self._office, groups.FormGroup.model_validate(said))

        return self._make("group", one.id, form)

    def _business(self, one: case_story.Business) -> list[Step]:
        key = (one.person or one.group, one.on)

        async def start(unit: Unit) -> Written:
            command = businesses.StartBusiness.model_validate(self._started(one))
            return await businesses.start(unit, self._office, command)

        async def visit(unit: Unit) -> None:
            table = tables.follow_ups
            due = select(table.c.id, table.c.due_on).where(table.c.business_id == self._made["business", key])
            rows = (await unit.connection.execute(due.order_by(table.c.months))).all()
            for (follow_up_id, due_on), found in zip(rows, one.visits, strict=False):
                command = visits.Visit(status=found.status, workers=found.workers, on=due_on)
                await visits.record(unit, self._office, follow_up_id, command, None)

        return [self._make("business", key, start), visit]

    def _started(self, one: case_story.Business) -> dict[str, Any]:
        given = [
            {"giver": self._names[gift.giver], "kind": gift.kind, "value_rupiah": gift.value, "on": gift.on}
            for gift in one.supports
        ]
        body: dict[str, Any] = {"sector": one.sector, "on": one.on, "supports": given, "synthetic": True}
        if one.person is None:
            return body | {"group_id": self._made["group", one.group]}
        enrolment = self._made["enrolment", (one.programme, one.person)]
        return body | {"participant_id": self._made["person", one.person], "enrolment_id": enrolment}


KINDS = {"bnnk": "bnn", "bnnp": "bnn", "dinas": "lainnya"}
"""Kinds of a case file that the office's list of kinds calls otherwise."""
