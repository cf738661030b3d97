"""Questionnaires as scoring publishes them with its instruments."""

from typing import Any

import httpx

from services.registry.commands.questionnaire import Item, Questionnaire, RespondentGroupView, Words
from services.registry.domain.refusal import Refusal
from shared.runtime.tls import trusted

TIMEOUT_SECONDS = 5.0


class ScoringQuestionnaires:
    """Asks the node's scoring service; a campaign keeps what it was told, so scoring is needed once a campaign."""

    def __init__(self, scoring_url: str, token: str) -> None:
        self._url = scoring_url
        self._headers = {"Authorization": f"Bearer {token}"}

    async def __call__(self, key: str) -> Questionnaire:
        """The questionnaire of an instrument. Refuses with ``instrument_unknown`` or ``instrument_unreachable``."""
        try:
            async with httpx.AsyncClient(
                base_url=self._url, headers=self._headers, timeout=TIMEOUT_SECONDS, trust_env=False, verify=trusted()
            ) as client:
                answer = await client.get(f"/v1/instruments/{key}")
        except httpx.HTTPError:
            raise Refusal("instrument_unreachable", "instrument") from None
        if answer.status_code == 404:
            raise Refusal("instrument_unknown", "instrument")
        if answer.status_code != 200:
            raise Refusal("instrument_unreachable", "instrument")
        return read_instrument(answer.json())


def read_instrument(document: dict[str, Any]) -> Questionnaire:
    """The part of an instrument's document that respondents see."""
    answers = document["answers"]
    labels = sorted(answers["labels"], key=lambda label: int(label["value"]))
    return Questionnaire(
        instrument=document["key"],
        title=document["name"],
        level="village" if document["subject"]["level"] == "village" else "city",
        lowest=answers["lowest"],
        highest=answers["highest"],
        labels=tuple(Words.model_validate(label["text"]) for label in labels),
        groups=tuple(
            RespondentGroupView(key=group["key"], name=group["name"], quota=group["quota"]["value"])
            for group in document["groups"]
        ),
        items=tuple(
            Item(key=item["key"], text=item["text"], groups=tuple(item.get("groups") or ()))
            for variable in document["variables"]
            for indicator in variable["survey"]
            for item in indicator["items"]
        ),
        provisional=document["provisional"],
    )
