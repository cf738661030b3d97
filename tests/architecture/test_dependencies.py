"""Who may import whom, and that the catalogue says what is wired."""

import importlib
import re
from pathlib import Path

import pytest
from importlinter import cli as import_linter

from deploy.local import SERVICES
from deploy.processes import ROOT
from shared.contracts.catalogue import CATALOGUE, consumed_by
from shared.journal import Streams
from shared.runtime.settings import ServiceName


def test_import_contracts_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert import_linter.lint_imports(no_cache=True) == 0, "run .venv/bin/lint-imports to see which"


def _streams(service: ServiceName, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Streams:
    """What flows in and out of a service, as its composition root builds it."""
    monkeypatch.setenv("BERSINAR_DATA_DIR", str(data_dir))
    app = importlib.import_module(f"services.{service}.app")
    settings = importlib.import_module(f"services.{service}.settings")
    streams: Streams = app.build(getattr(settings, f"{service.capitalize()}Settings")()).streams
    return streams


@pytest.mark.parametrize("service", SERVICES)
def test_the_catalogue_is_the_wiring(service: ServiceName, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    streams = _streams(service, tmp_path, monkeypatch)
    wired = {follower.stream.split(".")[1]: set(follower._consumes) for follower in streams.followers}
    assert wired == {producer: set(payloads) for producer, payloads in consumed_by(service).items()}
    says = {streams.publisher.stream.split(".")[1]} if streams.publisher else set()
    assert says == {service} & {entry.producer for entry in CATALOGUE}


@pytest.mark.parametrize("service", [s for s in SERVICES if consumed_by(s)])
def test_every_consumed_event_has_its_handler(service: ServiceName) -> None:
    """One ``on_<event>`` function for each, so that a reader finds it by the event's name."""
    folder = ROOT / "services" / service
    source = "\n".join(path.read_text() for path in [*folder.glob("handlers.py"), *folder.glob("handlers/*.py")])
    for payloads in consumed_by(service).values():
        for payload in payloads:
            name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", payload.__name__).lower()
            assert f"def on_{name}(" in source, f"{service} consumes {payload.__name__} without on_{name}"
