"""A real Chromium on a real node: what a person would see."""

import shutil
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.support.fixtures import missing
from tests.support.node import Node
from tests.support.seeded import Loaded

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
READY_SECONDS = 60


def chromium() -> str:
    """Debian's Chromium or another one on the path; a loud skip without."""
    found = next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )
    return found or missing("chromium", "there is no chromium on the path; on Debian: apt-get install chromium")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def depok(tmp_path_factory: pytest.TempPathFactory, loaded: Callable[[bool], Loaded]) -> Iterator[Node]:
    """A node with the Depok case, everything arrived."""
    chromium()
    folder = tmp_path_factory.mktemp("browser") / "node"
    shutil.copytree(loaded(False).data_dir, folder)
    node = Node(folder)
    try:
        node.start()
        wait_until(lambda: arrived(node), READY_SECONDS)
        yield node
    finally:
        node.close()


def arrived(node: Node) -> bool:
    with node.client("dashboard") as api:
        view = api.get("/v1/cities/32.76").json()
    return view["survey"]["score"] is not None and view["underway"] == 0 and view["instrument"] is not None


def wait_until(holds: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.1)


class Visitor:
    """Somebody with a browser of their own. ``troubles`` are errors the page itself reported."""

    def __init__(self, context: BrowserContext, node: Node) -> None:
        self.page: Page = context.new_page()
        self.node, self.troubles = node, list[str]()
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("console", lambda m: self.troubles.append(m.text) if m.type == "error" else None)

    def open(self, path: str) -> Page:
        self.page.goto(self.node.url("dashboard") + path)
        return self.page

    def sign_in(self) -> Page:
        """By the link that carries the token behind the #."""
        self.open(f"/masuk#{self.node.token}")
        self.page.wait_for_url("**/kota/32.76*")
        self.page.wait_for_selector("[data-live][data-state=current]")
        return self.page


@pytest.fixture
def visit(browser: Browser, depok: Node) -> Iterator[Callable[..., Visitor]]:
    contexts = []

    def new(**options: Any) -> Visitor:
        contexts.append(browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options}))
        return Visitor(contexts[-1], depok)

    yield new
    for context in contexts:
        context.close()
