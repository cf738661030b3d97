"""A city's page in a real browser, on a node with the Depok case."""

import itertools
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.support.node import Node

# One node and one browser serve the whole suite: it stays with one worker.

Visit = Callable[..., Visitor]
RUNNING = ".second:last-of-type .reading strong"
MINUTE_ROOM_SECONDS = 15
numbers = itertools.count(1)


def register(node: Node) -> None:
    """One synthetic participant in Ratu Jaya."""
    n = next(numbers)
    body = {"name": f"Peserta Contoh {n:02}", "nik": f"9999{n:012d}", "village": "32.76.07.1003",
            "group": "vulnerable_resident", "sex": "female", "age_band": "25_34", "on": "2023-05-02",
            "synthetic": True}  # fmt: skip
    with node.client("registry") as registry:
        assert registry.post("/v1/participants", json=body).status_code == 201


def answer(node: Node, *groups: str) -> None:
    """Complete synthetic questionnaires from these groups, in one request."""
    with node.client("scoring") as scoring:
        document = scoring.get("/v1/instruments/kotan-2022").json()
    questions = [item["key"] for v in document["variables"] for i in v["survey"] for item in i["items"]]
    common = {"region": "32.76", "instrument": "kotan-2022", "year": 2023, "on": "2023-11-20", "synthetic": True}
    sheets = [{**common, "group": group, "answers": dict.fromkeys(questions, 2)} for group in groups]
    with node.client("registry") as registry:
        assert registry.post("/v1/survey-answers/batch", json={"items": sheets}).is_success


def minute_with_room() -> None:
    """Waits for the next minute when this one is about to end, since rows are put together by the minute."""
    left = 60 - time.time() % 60
    if left < MINUTE_ROOM_SECONDS:
        time.sleep(left)


def test_signing_in_with_the_form(visit: Visit, depok: Node):
    visitor = visit()
    page = visitor.open("/kota/32.76?year=2022")
    expect(page).to_have_title("Masuk · Bersinar")
    page.get_by_label("Token").fill("wrong")
    page.get_by_role("button", name="Masuk ke dasbor").click()
    expect(page.get_by_role("alert")).to_contain_text("Token tidak cocok")
    page.get_by_label("Token").fill(depok.token)
    page.get_by_role("button", name="Masuk ke dasbor").click()
    page.wait_for_url("**/kota/32.76?year=2022")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kota Depok")


def test_the_link_signs_in_and_leaves_no_token_in_the_address(visit: Visit, depok: Node):
    page = visit().sign_in()
    assert depok.token not in page.evaluate("location.href + document.referrer")
    cookies = page.context.cookies()
    assert all(c["httpOnly"] and c["sameSite"] == "Strict" for c in cookies)
    assert not any(depok.token in c["value"] for c in cookies)


def test_an_entry_changes_the_number_in_place_and_marks_it(visit: Visit, depok: Node):
    visitor = visit()
    page = visitor.sign_in()
    before = page.inner_text(RUNNING)
    page.evaluate("document.querySelector('h1').setAttribute('data-probe', '')")
    page.evaluate(f"window.kept = document.querySelector('{RUNNING}')")
    register(depok)
    expect(page.locator(RUNNING)).not_to_have_text(before)
    expect(page.locator(RUNNING)).to_have_attribute("data-changed", "")
    first = page.locator(".feed li").first
    expect(first).to_contain_text("Peserta terdaftar: Ratu Jaya")
    expect(first).to_contain_text("Ketahanan keluarga")
    expect(first).to_contain_text("+0,0")
    assert page.evaluate(f"window.kept === document.querySelector('{RUNNING}')")
    expect(page.locator(RUNNING)).not_to_have_attribute("data-changed", "", timeout=4000)
    assert visitor.troubles == []


def test_live_and_reloaded_are_the_same_page(visit: Visit, depok: Node):
    page = visit().sign_in()
    top = page.locator(".feed li").first.get_attribute("data-key")
    for _ in range(5):
        register(depok)
    page.wait_for_function(
        "top => { const keys = [...document.querySelectorAll('.feed li')].map(li => li.dataset.key);"
        " return keys.indexOf(top) === 5 || (keys.length && !keys.includes(top)); }",
        arg=top,
    )
    page.wait_for_timeout(2600)  # the marks are gone by then
    live = page.inner_text("main")
    keys = page.eval_on_selector_all(".feed li", "rows => rows.map(row => row.dataset.key)")
    assert len(keys) == len(set(keys))
    page.reload()
    assert page.inner_text("main") == live


def test_answers_that_come_together_are_one_row_that_grows_in_place(visit: Visit, depok: Node):
    page = visit().sign_in()
    minute_with_room()
    register(depok)
    first = page.locator(".feed li").first
    expect(first).to_contain_text("Peserta terdaftar")
    answer(depok, "dunia_usaha", "dunia_usaha")
    expect(first).to_contain_text("2 jawaban survei masuk: dunia usaha")
    expect(first.locator("small").last).to_have_text("5 variabel · survei · contoh")
    key, rows = first.get_attribute("data-key"), page.locator(".feed li").count()
    page.evaluate("window.row = document.querySelector('.feed li')")
    answer(depok, "polres")
    expect(first).to_contain_text("3 jawaban survei masuk: 2 kelompok")
    expect(first.locator("p")).to_have_attribute("data-changed", "")
    assert first.get_attribute("data-key") == key
    assert page.evaluate("window.row === document.querySelector('.feed li')")
    assert page.locator(".feed li").count() == rows
    expect(first.locator("p")).not_to_have_attribute("data-changed", "", timeout=4000)


@pytest.mark.parametrize(("width", "columns"), [(1440, 2), (360, 1)])
def test_the_trend_ends_the_left_column_and_on_a_phone_the_page(visit: Visit, width: int, columns: int):
    page = visit(viewport={"width": width, "height": 800}).sign_in()
    boxes = {name: page.locator(f".{name}").bounding_box() for name in ("feed", "groups", "alerts", "trend")}
    feed, groups, alerts, trend = (box for box in boxes.values() if box)
    assert trend["x"] == pytest.approx(feed["x"], abs=1)
    above = feed if columns == 2 else alerts
    assert 10 <= trend["y"] - above["y"] - above["height"] <= 24
    assert (groups["x"] > trend["x"]) == (columns == 2)


def test_rows_come_in_on_top_without_moving_what_is_read(visit: Visit, depok: Node):
    page = visit(viewport={"width": 360, "height": 640}).sign_in()
    page.locator("#h-groups").scroll_into_view_if_needed()
    page.evaluate("scrollBy(0, document.querySelector('#h-groups').getBoundingClientRect().top - 80)")
    before = page.evaluate("document.querySelector('#h-groups').getBoundingClientRect().top")
    count = page.locator(".feed li").first.get_attribute("data-key")
    register(depok)
    page.wait_for_function("key => document.querySelector('.feed li').dataset.key !== key", arg=count)
    page.wait_for_timeout(300)
    assert page.evaluate("document.querySelector('#h-groups').getBoundingClientRect().top") == pytest.approx(
        before, abs=2
    )


def test_a_lost_connection_is_said_and_what_was_missed_comes_after_it(visit: Visit, depok: Node):
    page = visit().sign_in()
    before = page.inner_text(RUNNING)
    page.context.set_offline(True)
    depok.stop("dashboard")
    expect(page.locator("[data-live]")).to_have_attribute("data-state", "lost")
    expect(page.locator("[data-live]")).to_contain_text("Sambungan terputus")
    register(depok)
    depok.start("dashboard")
    page.context.set_offline(False)
    expect(page.locator("[data-live]")).to_have_attribute("data-state", "current", timeout=20_000)
    expect(page.locator(RUNNING)).not_to_have_text(before, timeout=10_000)


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_every_page_fits_its_screen(visit: Visit, width: int, scheme: str, language: str):
    visitor = visit(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = visitor.sign_in()
    for path in (f"/kota/32.76?year=2023&lang={language}", "/kota/32.76?year=2022", "/cara-menghitung"):
        visitor.open(path)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert page.evaluate("document.documentElement.lang") == language
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert visitor.troubles == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_and_targets_can_be_hit(visit: Visit, scheme: str):
    page = visit(viewport={"width": 360, "height": 800}, color_scheme=scheme).sign_in()
    assert page.evaluate(CONTRASTS) == []
    assert page.evaluate(SMALL_TARGETS) == []


def test_a_page_can_be_walked_by_keyboard_and_by_landmarks(visit: Visit):
    page = visit().sign_in()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Langsung ke isi")).to_be_focused()
    for landmark in ("banner", "main"):
        expect(page.get_by_role(landmark)).to_have_count(1)
    assert page.evaluate("[...document.querySelectorAll('section')].every(s => s.getAttribute('aria-labelledby'))")


def test_the_year_leads_to_its_page(visit: Visit):
    page = visit().sign_in()
    page.get_by_label("Tahun", exact=True).select_option("2022")
    page.wait_for_url("**year=2022")
    expect(page.locator("main")).to_contain_text("Indeks terbit 2022")


def test_paper_shows_the_numbers_and_not_the_controls(visit: Visit):
    page = visit().sign_in()
    page.emulate_media(media="print")
    assert page.is_visible(".big .n")
    assert not page.is_visible(".year")
    assert not page.is_visible(".languages")


# WCAG 2.2: 4.5 to 1, or 3 to 1 for large text. Backgrounds are looked for upwards; drawings are left out.
CONTRASTS = """() => {
  const canvas = document.createElement('canvas').getContext('2d');
  const rgba = (colour) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const light = ([r, g, b]) => { const [x, y, z] = [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * x + 0.7152 * y + 0.0722 * z; };
  const behind = (e) => { for (; e; e = e.parentElement) { const c = rgba(getComputedStyle(e).backgroundColor);
    if (c[3] === 255) return c; } return [255, 255, 255]; };
  const found = [];
  for (const e of document.querySelectorAll('body *:not(svg *)')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || !e.checkVisibility()) continue;
    const style = getComputedStyle(e), a = light(rgba(style.color)), b = light(behind(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 600);
    if (ratio < (large ? 3 : 4.5)) found.push(
      `${e.className || e.tagName} ${e.textContent.trim().slice(0, 30)} ${ratio.toFixed(2)}`);
  }
  return found;
}"""

# 44 px, except links within a line of text (WCAG 2.2, 2.5.5).
SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, select, summary, input:not([type=hidden])')]
  .filter(e => e.checkVisibility() && !e.closest('p, td, .crumb') && !e.classList.contains('skip'))
  .filter(e => e.getBoundingClientRect().height < 43.5)
  .map(e => `${e.tagName} ${e.textContent.trim()} ${e.getBoundingClientRect().height}`)"""
