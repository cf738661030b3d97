"""The how-tos as text: every block says what it is, every page is listed, every link leads somewhere."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.howto import pages

PAGES = {path.stem: path for path in pages.pages()}
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_followed(name: str) -> None:
    page = PAGES[name]
    unnamed = [block.line for block in pages.blocks(page) if block.language not in pages.SHOWN]
    assert not unnamed, f"{page.name}: blocks of these lines must begin with ```sh or another of {pages.SHOWN}"
    assert page.read_text().startswith("# ")
    broken = [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()]
    assert not broken


def test_every_page_is_listed() -> None:
    listed = set(LINK.findall((pages.FOLDER / "README.md").read_text()))
    assert {f"{name}.md" for name in PAGES} - {"README.md"} <= listed


def test_blocks_are_found_and_run_as_one_session(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# Page\n\n<!-- before: seen=1 -->\n\nText.\n\n```sh\nword=$(echo hello)\n```\n\n```json\n{}\n```\n\n"
        "```sh\necho $seen $word http://127.0.0.1:8001/v1 http://127.0.0.1:6379\n```\n"
    )
    done = _bash(pages.script(page, 21000))
    assert done.returncode == 0
    assert pages.last_begun(done.stdout) == (16, "1 hello http://127.0.0.1:21001/v1 http://127.0.0.1:6379\n")
    assert pages.all_begun(page, done.stdout)


@pytest.mark.parametrize(("words", "code"), [("false", 1), ("false | true", 1), ("echo $unset", 1), ("exit 0", 0)])
def test_what_fails_is_seen(tmp_path: Path, words: str, code: int) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Page\n\n```sh\n{words}\n```\n\n```sh\necho on\n```\n")
    done = _bash(pages.script(page, 21000))
    assert done.returncode == code
    assert pages.last_begun(done.stdout)[0] == 4
    assert not pages.all_begun(page, done.stdout)


def _bash(script: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
