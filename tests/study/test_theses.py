"""Theses as claims: two verdicts, bounds, published numbers, leavers counted without arrivals; planted faults."""

import shutil
from datetime import date

import polars as pl
import pytest

from qonys import words
from qonys.catalog import open_pack
from qonys.errors import BadInput
from qonys.study.chapters.decline import counts, diasporas, regions_of
from qonys.study.claims import Claim, check_claims
from qonys.study.claims.answers import ClaimResult
from qonys.study.claims.check import INCOMPARABLE, agrees, weights
from qonys.study.claims.reading import read_asof, read_claims
from qonys.study.claims.theses import heaviest


@pytest.fixture(scope="module")
def checked():
    return {item.claim.id: item for item in check_claims(open_pack("kazakhstan"))}


def test_claims_are_told_in_three_languages():
    for claim in read_claims(open_pack("kazakhstan")):
        assert set(claim.words) == set(words.LANGUAGES), claim.id
        assert not claim.definition or set(claim.definition) == set(words.LANGUAGES), claim.id
        assert claim.said("en") != claim.said("ru")
    assert all(isinstance(claim.words, str) for claim in read_claims(open_pack("georgia")))


def test_verdicts_then_and_now(checked):
    both = {name: (item.verdict, item.now.verdict) for name, item in checked.items() if item.now is not None}
    assert both["kazakhs_leave_too"] == ("cannot_tell", "confirmed")
    assert both["absorbed_twice"] == ("contradicted", "contradicted")
    assert both["new_diasporas"] == ("confirmed", "confirmed")
    assert both["losing_since_1970"] == ("confirmed", "depends")
    assert both["towns_draw_again"] == ("contradicted", "confirmed")
    assert both["wishes_grow"] == ("cannot_tell", "cannot_tell")
    assert checked["census_fall"].now is None


def test_the_time_of_the_text_knows_no_later_figure(checked, tmp_path):
    """Planted: with a later `asof` the same thesis is confirmed then already."""
    assert read_asof(open_pack("kazakhstan")) == 2000
    assert checked["kazakhs_leave_too"].answers == ()
    folder = shutil.copytree(open_pack("kazakhstan").path, tmp_path / "own")
    path = folder / "claims.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("asof: 2000", "asof: 2020"), encoding="utf-8")
    found = {item.claim.id: item.verdict for item in check_claims(open_pack(folder))}
    assert found["kazakhs_leave_too"] == "confirmed"
    assert found["census_fall"] == checked["census_fall"].verdict


def test_shares_of_movements_by_hand(checked):
    """Least own over least own and most others, most own over most own and least others."""
    (answer,) = checked["forced_and_directed_majority"].answers
    own = (360_000 + 532_598 + 89_477, 360_000 + 1_252_598 + 386_492)
    others = (1_000_000 + 300_000 + 414_000 + 665_000, 1_500_000 + 2_000_000 + 414_000 + 1_100_000 + 300_000)
    assert answer.low == pytest.approx(own[0] / (own[0] + others[1]), abs=1e-3)
    assert answer.high == pytest.approx(own[1] / (own[1] + others[0]), abs=1e-3)
    verdicts = [checked[f"{name}_majority"].verdict for name in ("forced", "directed", "forced_and_directed")]
    assert verdicts == ["cannot_tell", "confirmed", "contradicted"]


def test_leavers_are_counted_without_arrivals(checked):
    item = checked["two_million_1992_1997"]
    assert {answer.source for answer in item.answers} == {"gross_totals", "gross_groups"}
    groups = next(answer for answer in item.answers if answer.source == "gross_groups")
    assert groups.value == 480_000 + 283_000 + 121_000
    assert item.verdict == "cannot_tell"
    assert all(answer.least for answer in item.answers)


def test_numbers_of_times_that_overlap_are_not_added():
    years = [(1992, 1994, 50.0), (1994, 1995, 30.0), (1995, 1996, 40.0), (1992, 1996, 60.0)]
    rows = [{"start": date(a, 1, 1), "end": date(b, 12, 31), "value": value} for a, b, value in years]
    assert sum(row["value"] for row in heaviest(sorted(rows, key=lambda row: row["end"]))) == 90.0


def test_other_publications_of_the_evacuation(checked):
    item = checked["evacuated_25"]
    assert dict(zip((a.source for a in item.answers), item.agree, strict=True)) == {
        "dubson_evacuation": False, "manley_evacuation": True, "monarhist_losses": False,
    }  # fmt: skip
    assert item.verdict == "depends"
    assert checked["recruited_28_7"].verdict == "cannot_tell"


@pytest.mark.parametrize(
    ("claim", "ends", "expected"),
    [
        ({"claimed": 0.5, "compare": "above"}, (0.6, 0.9), True),
        ({"claimed": 0.5, "compare": "above"}, (0.2, 0.4), False),
        ({"claimed": 0.5, "compare": "above"}, (0.2, 0.9), None),
        ({"claimed": 0.5, "compare": "below"}, (0.2, 0.4), True),
        ({"claimed": 25.0}, (17.0, 25.0), True),
        ({"claimed": 25.0}, (None, 7.5), False),
        ({"claimed": 25.0}, (17.0, None), None),
        ({"claimed": "positive"}, (-1.0, 2.0), None),
    ],
)
def test_answers_that_are_bounds(claim, ends, expected):
    assert agrees(Claim("a", "w", **claim), ClaimResult("s", 0.0, (), (), 3, *ends, bounds=True)) is expected


def test_another_question_decides_nothing(checked):
    item = checked["wishes_grow"].now
    assert set(item.weight) == {INCOMPARABLE}
    assert all(answer.value > 0 for answer in item.answers)
    same = ClaimResult("s", 2.0, (), (), 3)
    assert weights((same,), ()) == ("counts",)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("asof: 2000", "asof: soon", "asof"),
        ("now: {years: [2020, 2025]}", "now: {years: [2025, 2020]}", "now: years"),
        ("now: {years: [2020, 2025]}", "now: {year: [2020, 2025]}", "now: year"),
        ("formula: groups_new", "formula: groups_newer", "groups_newer"),
        ("threshold: 50000", "threshold: -1", "threshold"),
        ("definition: {ru", "until: 2000\n  definition: {ru", "until"),
    ],
)
def test_planted_faults_ring(tmp_path, before, after, message):
    folder = shutil.copytree(open_pack("kazakhstan").path, tmp_path / "own")
    text = (folder / "claims.yaml").read_text(encoding="utf-8")
    assert before in text
    (folder / "claims.yaml").write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(BadInput, match=message):
        check_claims(open_pack(folder))


def test_new_diasporas_are_those_of_the_chapter_on_them(checked):
    pack, claim = open_pack("kazakhstan"), checked["new_diasporas"]
    assert claim.now is not None
    start, end = claim.now.claim.years
    grown = diasporas(counts(pack), regions_of(pack)).filter(pl.col("new") & pl.col("passed").is_between(start + 1, end))
    (answer,) = claim.now.answers
    large = grown.filter(pl.col("at") >= claim.claim.threshold)
    assert {name for name, _ in answer.figures} == set(large["group"]) == {"kurd", "tajik"}


def test_a_balance_of_today_answers_for_its_last_year_too(checked):
    losing = checked["losing_since_1970"]
    assert losing.now is not None
    assert losing.now.verdict == "depends"
    assert {answer.value > 0 for answer in losing.now.answers} == {True, False}
