"""Every address of every service has its line in the permission file, and every line its address."""

import importlib
from pathlib import Path

import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from deploy.local import SERVICES
from shared.access import load, permissions
from shared.runtime.settings import ServiceName


def _endpoints(service: ServiceName, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("BERSINAR_DATA_DIR", str(data_dir))
    module = importlib.import_module(f"services.{service}.app")
    settings = importlib.import_module(f"services.{service}.settings")
    app = module.build(getattr(settings, f"{service.capitalize()}Settings")()).app
    contexts = list(iter_route_contexts(app.routes))
    return [context.endpoint.__name__ for context in contexts if isinstance(context.original_route, APIRoute)]


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_has_its_line(service: ServiceName, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    endpoints = _endpoints(service, tmp_path, monkeypatch)
    assert len(endpoints) > 5
    assert len(endpoints) == len(set(endpoints)), "two functions behind addresses have the same name"
    lines = set(load(service).rules)
    missing = sorted(set(endpoints) - lines)
    assert not missing, f"add a line to shared/access/permissions.yaml for {missing}"
    unused = lines - set(endpoints) - {"parked", "replay"}  # only where something is followed
    assert not unused, f"no function of the service is called {sorted(unused)}"


def test_a_line_names_roles_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    document = {**permissions._document(), "services": {"registry": {"list_agents": ["nobody_we_know"]}}}
    monkeypatch.setattr(permissions, "_document", lambda: document)
    with pytest.raises(ValueError, match=r"registry\.list_agents names nobody_we_know"):
        load.__wrapped__("registry")
