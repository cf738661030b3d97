"""Settings come from the environment, and a wrong one is named."""

from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import ValidationError

from shared.runtime.settings import ServiceName, ServiceSettings


class ScoringSettings(ServiceSettings):
    service: ClassVar[ServiceName] = "scoring"


def test_defaults_make_a_node_for_depok_on_loopback() -> None:
    settings = ScoringSettings()
    assert (settings.node, settings.region_codes, settings.host) == ("3276", ("32.76",), "127.0.0.1")
    assert settings.listen_port == 8002
    assert settings.url_of("registry") == "http://127.0.0.1:8001"
    assert settings.stream("registry") == "3276.registry"
    assert settings.own_database_url == f"sqlite+aiosqlite:///{Path('var') / 'scoring.db'}"


def test_the_environment_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BERSINAR_PORT", "9000")
    monkeypatch.setenv("BERSINAR_REGIONS", "53.71, 53.01")
    monkeypatch.setenv("BERSINAR_REGISTRY_URL", "http://registry.internal")
    settings = ScoringSettings()
    assert settings.listen_port == 9002
    assert settings.region_codes == ("53.71", "53.01")
    assert settings.url_of("registry") == "http://registry.internal"


@pytest.mark.parametrize(
    ("name", "value", "said"), [("BERSINAR_REGIONS", "3276", "32.76"), ("BERSINAR_PORT", "80", "port")]
)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError, match=said):
        ScoringSettings()
