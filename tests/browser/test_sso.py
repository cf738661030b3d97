"""Signing in elsewhere, as a person does it: from the dashboard to another provider's pages and back."""

import re
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visitor
from tests.support import oidc
from tests.support.node import Node
from tests.support.seeded import Loaded


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory, loaded: Callable[[bool], Loaded]) -> Iterator[Node]:
    """A node with the Depok case whose accounts come from the provider."""
    folder = tmp_path_factory.mktemp("sso") / "node"
    shutil.copytree(loaded(False).data_dir, folder)
    node = Node(folder)
    claims = node.data_dir / "claims.yaml"
    claims.write_text(oidc.CLAIMS)
    try:
        with oidc.provider(f"{node.url('dashboard')}/masuk/sso/kembali") as issuer:
            told = {"ISSUER": issuer, "CLIENT_SECRET": oidc.SECRET, "CLAIMS_FILE": str(claims)}
            node.environment = {f"BERSINAR_OIDC_{name}": value for name, value in told.items()}
            node.start("registry", "dashboard")
            yield node
    finally:
        node.close()


@pytest.fixture
def visitor(browser: Browser, node: Node) -> Iterator[Visitor]:
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="id-ID")
    yield Visitor(context, node)
    context.close()


def sign_in_there(page: Page, login: str) -> None:
    """On the provider's own pages: who one is, and that Bersinar may know."""
    page.wait_for_url("**/interaction/**")
    page.locator("input[name=login]").fill(login)
    page.locator("input[name=password]").fill("x")
    page.locator("button[type=submit]").click()
    page.locator("input[name=prompt][value=consent]").wait_for(state="attached")
    page.locator("button[type=submit]").click()


def cookies(page: Page) -> dict[str, dict[str, object]]:
    return {str(one["name"]): dict(one) for one in page.context.cookies() if "127.0.0.1" in str(one["domain"])}


def test_somebody_comes_back_to_the_page_they_wanted_and_is_named(visitor: Visitor, node: Node) -> None:
    page = visitor.open("/kota/32.76?year=2022")
    expect(page).to_have_title("Masuk · Bersinar")
    page.locator("a.sso").click()
    sign_in_there(page, "petugas.depok")
    page.wait_for_url("**/kota/32.76?year=2022")
    visitor.troubles.clear()  # the provider's own pages ask for fonts that aren't on this machine
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kota Depok")
    expect(page.get_by_text("Masuk sebagai petugas.depok")).to_be_visible()
    kept = cookies(page)
    assert kept["bersinar_account"]["httpOnly"]
    assert "bersinar_sso" not in kept, "the state of the way there is of no use afterwards"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Keluar").click()
    page.wait_for_url("**/masuk")
    assert "bersinar_account" not in cookies(page)
    assert visitor.troubles == []


def test_whom_the_claims_give_no_role_stays_outside_with_a_reason(visitor: Visitor) -> None:
    page = visitor.open("/masuk?lang=id")
    page.locator("a.sso").click()
    sign_in_there(page, "orang.luar")
    alert = page.get_by_role("alert")
    expect(alert).to_be_visible()
    expect(alert).to_have_text(re.compile(r"\w"))
    assert "bersinar_account" not in cookies(page)


def test_a_way_back_that_began_elsewhere_opens_nothing(visitor: Visitor) -> None:
    page = visitor.open("/masuk/sso/kembali?code=made-up&state=made-up")
    expect(page.get_by_role("alert")).to_be_visible()
    assert "bersinar_account" not in cookies(page)
