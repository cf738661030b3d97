"""What stands on the pages."""

import re
from decimal import Decimal
from html import unescape

import pytest

from services.dashboard.rendering import Pages
from services.dashboard.view import CityView, ReadingView
from services.dashboard.wording import wording
from shared.contracts.scoring import GroupCompleteness, Interval
from tests.unit.dashboard import samples

PAGES = Pages([samples.DEPOK])


def drawn(view: CityView, language: str = "id") -> str:
    return PAGES.city(view, wording(language), samples.NOW)


def words(html: str) -> str:
    body = html.partition("<body>")[2]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


def variables_card(html: str) -> str:
    return words("<body>" + html.partition('id="h-variables"')[2].partition("</section>")[0])


def test_the_index_stands_with_band_target_gap_and_answers():
    text = words(drawn(samples.full_view()))
    for part in ("3,487", "Tanggap", "perhitungan sementara", "target 3,602", "−0,115", "143 / 180", "2,146",
                 "Kurang Tanggap", "Semua peristiwa masuk", "14.32.07 WIB"):  # fmt: skip
        assert part in text


def test_english_is_whole():
    text = words(drawn(samples.full_view(), "en"))
    for part in ("3.487", "Responsive", "provisional calculation", "Business started: catfish, Ratu Jaya",
                 "All events are in", "14:32:07 WIB", "The survey index 2023 fell below the target 3.602"):  # fmt: skip
        assert part in text
    assert "Indeks" not in text


def test_synthetic_data_is_said_to_be():
    assert "Data contoh:" in drawn(samples.full_view())
    assert "Data contoh:" not in drawn(samples.full_view(synthetic=False))


def test_a_final_score_is_not_called_provisional():
    assert 'class="tag"' not in drawn(samples.full_view(provisional=False))


def test_the_feed_says_what_happened_where_and_through_what():
    text = words(drawn(samples.full_view()))
    assert "Usaha dimulai: lele, Ratu Jaya Usaha yang didirikan peserta → Ketahanan masyarakat · berjalan" in text
    assert "Jawaban survei masuk: dunia usaha 5 variabel · survei" in text
    assert "+0,005" in text
    assert "−0,006" in text  # five shares of -0.0011, added up before they are rounded


def test_open_work_and_alerts():
    text = words(drawn(samples.full_view()))
    assert "Rujukan ke DKUM lewat tenggat 2" in text
    assert "Kunjungan usaha jatuh tempo minggu ini 6" in text
    assert "BNNK Depok Indeks survei 2023 turun di bawah target" in text
    assert "surel: menunggu" in text


def test_conflicting_sources_are_named():
    assert "Sumber berbeda untuk 2022: 3,602 / 3,620. Acuan: 3,602." in words(drawn(samples.full_view()))


def test_without_answers_the_page_says_what_is_missing_instead_of_zero():
    text = words(drawn(samples.empty_view()))
    assert "Belum ada indeks survei" in text
    assert "Belum ada jawaban survei untuk tahun 2023" in text
    assert "target 3,602" in text
    assert "0,000" not in text


def test_the_groups_that_have_not_answered_are_named():
    groups = tuple(
        GroupCompleteness(group=g, answers=0 if g in ("polres", "keluarga") else 3, quota=20) for g in samples.GROUPS
    )
    text = words(drawn(samples.full_view(survey=ReadingView(), completeness=groups)))
    assert "Belum ada jawaban dari: Polres, Keluarga." in text


def test_how_many_events_are_on_their_way():
    assert "12 peristiwa sedang diproses" in words(drawn(samples.full_view(underway=12)))
    assert "Belum dapat dipastikan" in words(drawn(samples.full_view(underway=None)))


def test_a_reference_by_variable_is_drawn_only_when_there_is_one():
    assert "nilai 2022" not in variables_card(drawn(samples.full_view()))
    variables = tuple(v.model_copy(update={"reference": Decimal("3.7")}) for v in samples.variables())
    assert "nilai 2022" in variables_card(drawn(samples.full_view(variables=variables)))


def test_only_the_index_is_announced():
    assert drawn(samples.full_view()).count('aria-live="polite"') == 1


def test_what_was_typed_elsewhere_is_escaped():
    row = samples.full_view().feed[0].model_copy(update={"detail": "<script>alert(1)</script>"})
    html = drawn(samples.full_view(feed=(row,)))
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html


def test_a_source_is_a_link_only_when_it_is_a_web_address():
    points = tuple(p.model_copy(update={"source": "javascript:alert(1)"}) for p in samples.published())
    assert 'href="javascript:' not in drawn(samples.full_view(published=points))


@pytest.mark.parametrize("language", ["id", "en"])
def test_nothing_comes_from_elsewhere_and_no_style_is_inline(language):
    pages = [
        drawn(samples.full_view(), language),
        drawn(samples.empty_view(), language),
        PAGES.method(samples.document(), samples.DEPOK, wording(language)),
        PAGES.sign_in(wording(language), "/"),
    ]
    for html in pages:
        assert f'<html lang="{language}">' in html
        assert not re.findall(r"""(?:src|<link[^>]*href)=["'](?!/statis/)[^"']+["']""", html)
        assert not re.search(r"""\sstyle=|<style|\son[a-z]+=""", html)


def test_keys_for_the_morph_are_unique():
    keys = re.findall(r'data-key="([^"]+)"', drawn(samples.full_view()))
    assert len(keys) == len(set(keys))


def test_the_method_shows_the_mark_of_every_element():
    html = PAGES.method(samples.document(), samples.DEPOK, wording("id"))
    text = words(html)
    assert "3,533–4,000" in text
    assert "bobot 0,20" in text
    assert {"oR", "oI", "oP"} <= set(re.findall(r"origin (o[RIP])", html))
    elements = 4 + 9 * 2 + 5 * 2 + 10 + 40  # bands, groups and quotas, variables and weights, indicators, items
    assert html.count('class="origin') >= elements


def test_the_method_without_its_instrument_says_so():
    assert "Instrumen belum dapat dibaca" in PAGES.method(None, samples.DEPOK, wording("id"))


def test_the_index_stands_beside_its_interval_and_a_hair_is_no_difference() -> None:
    interval = Interval(standard_error=Decimal("0.071429"), lower=Decimal("3.347"), upper=Decimal("3.627"))
    survey = samples.full_view().survey.model_copy(update={"interval": interval})
    html = drawn(samples.full_view(survey=survey))
    assert "Galat baku 0,071." in html
    assert "Selang 95% 3,347–3,627" in words(html)
    assert "Tidak berbeda nyata dari target 3,602." in html
    narrow = survey.model_copy(update={"interval": interval.model_copy(update={"upper": Decimal("3.527")})})
    assert "Tidak berbeda nyata" not in drawn(samples.full_view(survey=narrow))
    assert "Selang 95%" not in drawn(samples.full_view())
