"""Every how-to works as it is written: its commands run in order on a node that ``bersinar up`` has started."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.processes import ROOT
from tests.howto import pages
from tests.support.node import free_base_port
from tests.support.up import Up, environment, node_up

pytestmark = [pytest.mark.serial, pytest.mark.system]
PAGE_SECONDS = 180
PAGES = {path.stem: path for path in pages.pages()}


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """One node for all pages, with the Depok case loaded."""
    with node_up(tmp_path_factory.mktemp("howto") / "var", free_base_port(), "--no-demo") as up:
        up.wait_until_up()
        yield up


@pytest.mark.parametrize("name", PAGES)
def test_a_page_works_as_written(name: str, up: Up, tmp_path: Path) -> None:
    page = PAGES[name]
    done = _run(pages.script(page, up.port), up, tmp_path)
    if done.returncode:
        line, output = pages.last_begun(done.stdout)
        text = next((block.text for block in pages.blocks(page) if block.line == line), "")
        pytest.fail(f"{page.name}:{line} ended with {done.returncode}\n{text}\n--- printed\n{output}", pytrace=False)
    assert pages.all_begun(page, done.stdout), f"{page.name}: a block ended the session\n{done.stdout}"


def _run(script: str, up: Up, folder: Path) -> "subprocess.CompletedProcess[str]":
    # The reader stands in the project's folder; what the page writes must not end up in it.
    for name in ("cli", "docs", "services", "shared"):
        (folder / name).symlink_to(ROOT / name)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=environment(up.data_dir, up.port) | {"PATH": path, "HOME": str(folder), "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PAGE_SECONDS,
        check=False,
    )
