"""What makes a start quick changes nothing else."""

import gc
from pathlib import Path

import pytest
import yaml

from shared.runtime import plain_yaml, tls
from shared.runtime.loading import without_collecting

TEXT = "masa: 2024-01-31\nangka: 3.60\nbaris:\n  - ya\n  - 'tidak'\n  - ~\nteks: |\n  Dua\n  baris.\n"


def test_garbage_is_collected_again_afterwards() -> None:
    kept = gc.get_freeze_count()
    with without_collecting():
        assert not gc.isenabled()
    assert gc.isenabled()
    assert gc.get_freeze_count() > kept


def test_garbage_is_collected_again_after_a_module_that_cannot_be_loaded() -> None:
    with pytest.raises(ImportError), without_collecting():
        raise ImportError
    assert gc.isenabled()


def test_libyaml_reads_what_the_python_parser_reads(tmp_path: Path) -> None:
    file = tmp_path / "satu.yaml"
    file.write_text(TEXT, encoding="utf-8")
    assert plain_yaml.read(file) == yaml.safe_load(TEXT)
    assert issubclass(plain_yaml.Loader, yaml.constructor.SafeConstructor)


def test_an_empty_file_holds_nothing(tmp_path: Path) -> None:
    file = tmp_path / "kosong.yaml"
    file.write_text("")
    assert plain_yaml.read(file) is None


def test_the_clients_of_a_process_share_their_trust() -> None:
    assert tls.trusted() is tls.trusted()
    assert tls.trusted().get_ca_certs()
