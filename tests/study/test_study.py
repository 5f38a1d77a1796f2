"""The study on the shipped figures: published totals, claims, stored results."""

import shutil

import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.errors import BadInput
from qonys.study.chapters import claims as claim_chapter
from qonys.study.chapters.retrospective import intercensal
from qonys.study.claims import Claim, check_claims
from qonys.study.claims.answers import ClaimResult
from qonys.study.claims.check import COUNTS, OUTRANKED, UNFIT, agrees, verdict, weights
from qonys.study.claims.reading import Unfit, claims_text
from qonys.study.runs.results import SOURCES, Number, Results, TableResult, read_results


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


@pytest.fixture(scope="module")
def results(study):
    return study


def test_residuals_worked_by_hand(pack):
    """Census totals of the Agency (1999) less registered births and deaths, added up by hand."""
    found = {(c.start, c.end): c for c in intercensal(pack)}
    assert found[1970, 1979].growth == 14_688_300 - 13_013_600
    assert found[1970, 1979].residual == pytest.approx(-475_925)
    assert found[1989, 1999].growth == pytest.approx(-1_246_000)
    low, high = found[1989, 1999].interval()
    assert low < found[1989, 1999].residual < high < 0


def test_annual_balance_of_the_country_gives_the_official_net_migration(results):
    """Outside recounts the population balance and the published balance agree: exactly in all years but one, which is off by 3 persons."""
    frame = results.table("annual_components").frame
    frame = frame.filter(pl.col("year").is_between(2000, 2016) & (pl.col("year") != 2008))
    off = (frame["net_balance"] - frame["net_registered"]).abs()
    assert (off > 0).sum() <= 1
    assert off.max() <= 3, frame.select("year", "net_balance", "net_registered")
    broken = (frame["net_balance"] + 7 - frame["net_registered"]).abs()
    assert broken.max() > 3  # a planted fault rings


def test_regional_components_add_up_to_the_country(results, pack):
    frame = results.table("components_by_region").frame
    people = pack.table("population_regional").filter(
        (pl.col("region") == "KZ") & (pl.col("sex") == "both") & (pl.col("area") == "total")
    )
    ends = people.sort("year")["value"]
    assert frame["start_population"].sum() == ends[0]
    assert frame["end_population"].sum() == ends[-1]
    parts = frame["natural"] + frame["migration"] + frame["recount"]
    assert (frame["end_population"] - frame["start_population"] - parts).abs().max() == 0


def test_implied_net_migration_of_regions_against_another_hand(results):
    """Balances by region computed from the same tables by another program; tests/reference/README.md."""
    from pathlib import Path

    other = pl.read_csv(Path(__file__).parents[1] / "reference" / "net_migration_implied.csv")
    joined = results.table("regional_net_migration").frame.join(
        other.filter(pl.col("year") < 2017).select("year", "region", other="value"), on=["year", "region"]
    )
    assert joined.height > 200
    assert (joined["net"] - joined["other"]).abs().max() <= 1


def test_each_claim_has_a_verdict_and_its_words(pack):
    checked = check_claims(pack)
    verdicts = {item.claim.id: item.verdict for item in checked}
    assert (verdicts["evacuated_25"], verdicts["recruited_28_7"]) == ("depends", "cannot_tell")
    assert verdicts["positive_until_1968"] == "confirmed"
    assert verdicts["census_fall"] == "confirmed"
    assert verdicts["offset_1970s"] == "contradicted"
    assert verdicts["two_million_1992_1997"] == "cannot_tell"
    assert all(item.claim.words for item in checked)


def test_census_fall_is_the_agencys_figure(pack):
    item = next(item for item in check_claims(pack) if item.claim.id == "census_fall")
    values = {answer.source: round(answer.value, 3) for answer in item.answers}
    assert values == {"agency_census1999": -0.077, "wiki_demographics_kz": -0.096}


def test_the_verdict_rests_on_fit_sources_and_official_figures(pack):
    """1989-1999: the Agency's counts against a page's; the 1970s: the UN's revision that does not follow the censuses."""
    found = {item.claim.id: item for item in check_claims(pack)}
    fall, seventies = found["census_fall"], found["offset_1970s"]
    assert dict(zip((a.source for a in fall.answers), fall.weight, strict=True)) == {
        "agency_census1999": COUNTS, "wiki_demographics_kz": OUTRANKED,
    }  # fmt: skip
    assert fall.counted == (True,)
    assert {a.source for a, weight in zip(seventies.answers, seventies.weight, strict=True) if weight == UNFIT} == {"wpp2024"}
    nineties = found["losing_since_1970"]
    late = [weight for a, weight in zip(nineties.answers, nineties.weight, strict=True) if a.since == 1990]
    assert set(late) == {COUNTS}


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([("a", 2, 1980), ("b", 3, 1980)], (UNFIT, COUNTS)),
        ([("a", 2, 1990), ("b", 3, 1990)], (COUNTS, COUNTS)),
        ([("a", 1, 1980), ("b", 3, 1980)], (UNFIT, COUNTS)),
        ([("b", 1, None), ("c", 3, None), ("d", 2, None), ("e", 4, None)], (COUNTS, OUTRANKED, COUNTS, COUNTS)),
    ],
)
def test_which_answers_count(answers, expected):
    made = tuple(ClaimResult(source, 1.0, (), (), rank, since=since) for source, rank, since in answers)
    assert weights(made, (Unfit("a", 1990, "why"),)) == expected


@pytest.mark.parametrize("entry", ["{source: nobody, until: 1990, caution: wpp_before_1990}",
                                   "{source: wpp2024, until: 19, caution: wpp_before_1990}",
                                   "{source: wpp2024, until: 1990, caution: none}", "{source: wpp2024}"])  # fmt: skip
def test_an_unfit_source_that_cannot_be_is_refused(pack, tmp_path, entry):
    folder = shutil.copytree(pack.path, tmp_path / "own")
    text = (folder / "claims.yaml").read_text(encoding="utf-8")
    said = "{source: wpp2024, until: 1990, caution: wpp_before_1990}"
    (folder / "claims.yaml").write_text(text.replace(said, entry), encoding="utf-8")
    with pytest.raises(BadInput, match="claims"):
        check_claims(open_pack(str(folder)))


@pytest.mark.parametrize(
    ("claim", "value", "expected"),
    [
        (Claim("a", "w", claimed=0.28, tolerance=0.01), 0.285, True),
        (Claim("a", "w", claimed=0.28, tolerance=0.01), 0.30, False),
        (Claim("a", "w", claimed=2, compare="above"), 1.9, False),
        (Claim("a", "w", claimed=2, compare="above", lower_bound=True), 1.9, None),
        (Claim("a", "w", claimed=1, compare="below"), 0.5, True),
        (Claim("a", "w", claimed="positive"), -1.0, False),
        (Claim("a", "w", claimed="negative"), -1.0, True),
    ],
)
def test_agreement(claim, value, expected):
    assert agrees(claim, ClaimResult("s", value, (), (), 1)) is expected


def test_verdicts():
    assert verdict((True, True)) == "confirmed"
    assert verdict((False, False)) == "contradicted"
    assert verdict((True, False)) == "depends"
    assert verdict(()) == verdict((None, None)) == "cannot_tell"


def test_results_survive_the_disk(tmp_path, results):
    results.write(tmp_path)
    again = read_results(tmp_path)
    assert again.numbers == results.numbers
    assert set(again.tables) == set(results.tables)
    name = "components_by_period"
    assert again.table(name).frame.equals(results.table(name).frame)


def test_a_name_is_taken_once():
    store = Results("r")
    store.add(Number("a", 1, "persons"), TableResult("a", pl.DataFrame(), "persons", 1, (), "m"))
    with pytest.raises(Exception, match="taken twice"):
        store.add(Number("a", 2, "persons"))
    with pytest.raises(Exception, match="no result"):
        store.number("b")


def test_answers_carry_their_arithmetic(pack):
    frame = claim_chapter.answer_frame(check_claims(pack))
    assert frame["figures"].str.len_chars().min() > 0
    assert frame["sources"].str.len_chars().min() > 0


def test_no_event_is_later_than_its_break_or_rests_on_the_text_that_is_checked(results, pack):
    table = results.table("breaks_events").frame.drop_nulls("event")
    events = pack.events().select(event="id", start="start", source="source")
    joined = table.join(events, on="event", how="left")
    assert joined.height > 0
    assert (joined["start"] <= joined["date"]).all()
    assert claims_text(pack) not in set(joined["source"])
    assert claims_text(pack) in set(events["source"])


def test_shares_of_groups_are_those_of_the_office(results):
    """1 January 2025: 14,456,709 Kazakhs of 20,283,399 residents; the groups that are listed do not make the total."""
    frame = results.table("ethnic_composition").frame.filter(pl.col("year") == 2025)
    assert frame.filter(pl.col("ethnic_group") == "kazakh")["share"].item() == pytest.approx(14_456_709 / 20_283_399)
    assert frame["value"].sum() < 20_283_399


def test_the_last_count_is_no_draw(results):
    """The share of the newest count beside the forecast is the counted one."""
    counted = results.table("ethnic_composition").frame
    year = counted["year"].max()
    shares = dict(counted.filter(pl.col("year") == year).select("ethnic_group", "share").rows())
    table = results.table("ethnic_diasporas").frame.filter(pl.col("year") == year)
    told = {group: share for group, share in table.select("group", "share").rows() if group in shares}
    assert len(told) > 7
    assert told == pytest.approx({group: shares[group] for group in told})


def test_intervals_from_gaps_between_sources_are_named_so(results):
    between = {name for name, number in results.numbers.items() if number.interval == SOURCES}
    shown = {name for name, number in results.numbers.items() if number.low is not None}
    assert between & shown == {name for name in shown if name.startswith(("retrospective.", "consequences.simpson."))}


def test_ethnic_shares_against_published_percentages(results, pack):
    """Shares computed from counts lie within 1.5 points of every published percentage of a census."""
    published = pack.table("ethnic_national").filter(
        (pl.col("unit") == "percent") & (pl.col("basis") == "census") & pl.col("ethnic_group").is_in(["kazakh", "russian"])
    )
    shares = results.table("ethnic_composition").frame.select("year", "ethnic_group", "share")
    joined = published.join(shares, on=["year", "ethnic_group"])
    assert joined.height >= 18
    off = (100 * joined["share"] - joined["value"]).abs()
    assert off.max() < 1.5
    wrong = (100 * joined["share"] * 1.05 - joined["value"]).abs()
    assert wrong.max() > 1.5  # a planted fault of 5 % rings


def test_bounds_of_groups_follow_the_years(pack):
    """The spread between regions was wider around 2000 than in the 2010s; bounds must not mix them."""
    from qonys.study.chapters.groups import natural_ratio_bounds

    early, late = (natural_ratio_bounds(pack, "pre2018", period) for period in ((1989, 1999), (2009, 2021)))
    assert early[0] < late[0] < 1 < late[1] < early[1]
