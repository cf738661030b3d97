"""What an officer does on the pages around an index, in a real browser, on a node with the Depok case."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor, wait_until
from tests.browser.test_city import CONTRASTS, SMALL_TARGETS
from tests.support.node import Node

Visit = Callable[..., Visitor]
RATU_JAYA, PONDOK_JAYA = "32.76.07.1003", "32.76.07.1005"
PATHS = ("desa", "nilai", "sebab?year=2023", "rencana?year=2023&cari=1&target=2")
CUT_OFF = """[...document.querySelectorAll('.wide, .sections, select, input[type=number]')]
    .filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.id || e.className)"""
RUNNING = "#hasil .outcome-one:first-child strong"


@pytest.fixture(scope="module", autouse=True)
def statuses(depok: Node) -> None:
    """Two villages, judged one way and then another. Earlier years than those other tests look at stay as they are."""
    with depok.client("registry") as registry:
        for village, year, status, method in (
            (RATU_JAYA, 2021, "waspada", "8+5"),
            (RATU_JAYA, 2022, "siaga", "IKRN"),
            (PONDOK_JAYA, 2022, "aman", "IKRN"),
        ):
            body = {"status": status, "method": method, "on": f"{year}-06-01", "synthetic": True}
            registry.put(f"/v1/area-statuses/{village}/{year}", json=body).raise_for_status()

    def known() -> bool:
        with depok.client("scoring") as scoring:
            found = scoring.get("/v1/indices/32.76/village-years").json()
        return sum(len(item["statuses"]) for item in found["items"]) == 3

    wait_until(known, 20)


def opened(visit: Visit, path: str, **options: object) -> Page:
    visitor = visit(**options)
    visitor.sign_in()
    return visitor.open(f"/kota/32.76/{path}")


def test_moving_a_control_shows_at_once_what_the_index_would_be(visit: Visit) -> None:
    page = opened(visit, "rencana?year=2023")
    before = page.inner_text(RUNNING)
    page.evaluate(f"window.kept = document.querySelector('{RUNNING}')")
    page.get_by_label("Sesi penyuluhan keluarga").and_(page.locator("#u-sesi")).fill("24")
    expect(page.locator(RUNNING)).not_to_have_text(before)
    expect(page.locator(RUNNING)).to_have_attribute("data-changed", "")
    assert page.evaluate(f"window.kept === document.querySelector('{RUNNING}')")
    assert page.locator("[data-for=u-sesi]").input_value() == "24"
    assert "u.sesi=24" in page.url
    assert "v." not in page.url, "what stands where it is is no part of the plan"
    moved = page.inner_text(RUNNING)
    page.reload()
    assert page.inner_text(RUNNING) == moved


def test_a_found_set_of_actions_can_be_tried(visit: Visit) -> None:
    page = opened(visit, "rencana?year=2023")
    page.get_by_label("Sasaran indeks berjalan").fill("2")
    page.get_by_text("Biaya setiap kegiatan").click()
    page.locator("#c-sesi").fill("0.1")
    page.get_by_role("button", name="Cari susunan kegiatan").click()
    first = page.locator(".plans > li").first
    expect(first).to_contain_text("Sesi penyuluhan keluarga")
    first.get_by_role("link", name="Coba susunan ini").click()
    page.wait_for_url("**u.sesi=**")
    expect(page.locator(RUNNING)).to_contain_text("2,0")


def test_a_change_is_followed_from_the_variable_to_the_item(visit: Visit) -> None:
    page = opened(visit, "sebab?year=2023&reading=survey")
    expect(page.locator("main")).to_contain_text("Indeks survei")
    second = page.locator(".part").nth(1)
    second.locator("summary").click()
    expect(second.locator(".indicator").first).to_be_visible()
    page.locator(".feed details summary").first.click()
    expect(page.locator(".ways li").first).to_contain_text("→")
    page.get_by_label("Indeks", exact=True).select_option("running")
    page.get_by_role("button", name="Tampilkan").click()
    page.wait_for_url("**reading=running**")


def test_villages_are_narrowed_and_the_break_is_seen(visit: Visit) -> None:
    page = opened(visit, "desa")
    expect(page.locator(".bars .break")).to_contain_text("Cara menilai berganti")
    expect(page.locator("main")).to_contain_text("Ratu Jaya")
    page.get_by_role("link", name="Aman", exact=True).click()
    expect(page.locator(".matrix")).to_contain_text("Pondok Jaya")
    expect(page.locator(".matrix")).not_to_contain_text("Ratu Jaya")


def test_the_city_leads_up_to_the_nation_and_back(visit: Visit) -> None:
    page = visit().sign_in()
    page.get_by_role("link", name="Indonesia", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Indonesia")
    page.get_by_role("main").get_by_role("link", name="Kota Depok").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kota Depok")


@pytest.mark.parametrize(
    ("width", "scheme", "language"), [(360, "dark", "en"), (360, "light", "id"), (1440, "dark", "id")]
)
def test_every_page_fits_can_be_read_and_hit(visit: Visit, width: int, scheme: str, language: str) -> None:
    visitor = visit(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = visitor.sign_in()
    for path in [*(f"/kota/32.76/{path}" for path in PATHS), "/wilayah/ID?year=2023", "/wilayah/32/nilai"]:
        visitor.open(f"{path}{'&' if '?' in path else '?'}lang={language}")
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
        assert page.evaluate(CUT_OFF) == [], path
        assert page.evaluate(CONTRASTS) == [], path
        assert page.evaluate(SMALL_TARGETS.replace("'p, td, .crumb'", "'p, td, th, .crumb, [type=range]'")) == [], path
    assert visitor.troubles == []
