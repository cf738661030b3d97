"""What the OpenAPI documents promise is played against the services: examples, odd values, chains along the links.

No answer of 500 and more, none that the document doesn't know, none that its schema doesn't fit. A few cases an
operation here; ``BERSINAR_SCHEMATHESIS_EXAMPLES=20`` plays that many, and every edge of every schema as well.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.runtime.identity import load_or_create_token
from tests.integration.openapi.services import SERVICES, Place

EXAMPLES = int(os.environ.get("BERSINAR_SCHEMATHESIS_EXAMPLES", "0"))
PHASES = ("examples", "fuzzing", "stateful", *(["coverage"] if EXAMPLES else []))
DATABASES = ("postgresql", *(["sqlite"] if EXAMPLES else []))
"""PostgreSQL is the stricter one; on SQLite odd values are also tried by the registry's own suite."""


@pytest.mark.parametrize("database_kind", DATABASES)
@pytest.mark.parametrize("name", SERVICES)
def test_every_answer_is_one_the_document_knows(name: str, database_url: str, tmp_path: Path) -> None:
    app = SERVICES[name](Place(tmp_path, database_url))
    schema = _schema(app, load_or_create_token(tmp_path))
    played, found = 0, []
    for event in from_schema(schema).execute():
        assert not isinstance(event, events.FatalError), event
        if isinstance(event, events.ScenarioFinished):
            played += len(event.recorder.cases)
            found += _failures(event.recorder)
    assert played > 0
    assert not found, "\n\n".join(found[:20])


def _schema(app: ASGIApp, token: str) -> Any:
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}
    generation = {"max-examples": EXAMPLES or 1, "deterministic": True, "database": "none", "no-shrink": True}
    config = SchemathesisConfig.from_dict(
        {"seed": 1, "headers": headers, "generation": generation, "continue-on-failure": True}
    )
    schema = schemathesis.openapi.from_asgi("/openapi.json", _resting(app), config=config, headers=headers)
    for phase in ("examples", "coverage", "fuzzing", "stateful"):
        getattr(schema.config.phases, phase).enabled = phase in PHASES
    # An open line answers until the caller leaves; nothing is ready while what runs beside an app rests.
    # A replay is a process of its own, on the data the environment names.
    return schema.exclude(path=["/live", "/readyz"]).exclude(path="/v1/replays", method="POST")


def _resting(app: ASGIApp) -> ASGIApp:
    """The app without what runs beside it: no follower, no publisher."""

    async def answering(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            raise RuntimeError("this app rests")
        await app(scope, receive, send)

    return answering


def _failures(recorder: Any) -> Iterator[str]:
    for case, checks in recorder.checks.items():
        for check in checks:
            if check.status != Status.SUCCESS and check.failure_info and not _refused_by_rule(recorder, case, check):
                failure = check.failure_info.failure
                yield f"{check.name}: {failure.title}\n{failure.message}\n{check.failure_info.code_sample}"


def _refused_by_rule(recorder: Any, case: str, check: Any) -> bool:
    """No schema can say that a village lies outside the office's reach: a rule refuses, with field and remedy."""
    if check.name != "positive_data_acceptance":
        return False
    errors = json.loads(recorder.interactions[case].response.content)["errors"]
    return bool(errors) and all(error["field"] and error["remedy"] for error in errors)
