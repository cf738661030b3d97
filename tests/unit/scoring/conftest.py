"""The instrument of the tests is the real one."""

import pytest

from services.scoring.domain.instrument import Instrument
from services.scoring.instrument import load_catalogue


@pytest.fixture(scope="session")
def kotan() -> Instrument:
    return load_catalogue().get("kotan-2022").plain
