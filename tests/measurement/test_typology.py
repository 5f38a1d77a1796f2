"""Forms of migration: hand-labelled moves, a plain twin, and that `possible` is never too narrow."""

from __future__ import annotations

import io
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from qonys.errors import BadInput, QonysError, UnknownName
from qonys.measurement.typology.classify import (
    LADDERS,
    UNKNOWN,
    Windows,
    classify,
    confusion,
    mix_by_year,
    read_rules,
    standard_rules,
)
from qonys.measurement.typology.facts import facts
from qonys.measurement.typology.mix import share_intervals
from qonys.measurement.typology.records import COLUMNS, VOCABULARIES, check_records

# labelled by hand from the definitions of the course and of the Expert Group's report of 2021; none is a real person
MOVES = """
origin_country,destination_country,citizenship,birth_country,ethnic_group,cause,volition,legal_status,refugee_status,repatriate_status,pattern,stay_months,lived_at_destination,months_away,form,un_class
AFG,KAZ,AFG,AFG,,conflict,,,refugee,,,24,,,refugee,immigrant_foreign
UKR,KAZ,UKR,UKR,,,,,asylum_seeker,,,3,,,refugee,temporary_in
CHN,KAZ,CHN,CHN,,,,,none,in_quota,permanent,,,,repatriation,immigrant_foreign
UZB,KAZ,UZB,UZB,kazakh,ethnic,,,none,none,permanent,,,,repatriation,immigrant_foreign
UZB,KAZ,UZB,UZB,uzbek,ethnic,,regular,none,none,permanent,,no,,ethnic,immigrant_foreign
KAZ,DEU,KAZ,KAZ,german,ethnic,voluntary,regular,none,none,permanent,,no,,ethnic,emigrant_national
AFG,KAZ,AFG,AFG,,,,regular,none,none,transit,1,no,,transit,temporary_in
TJK,KAZ,TJK,TJK,,labour,,overstay,none,none,single,14,no,,irregular,immigrant_foreign
KAZ,KAZ,KAZ,KAZ,,ecological,,citizen,none,none,permanent,,no,,ecological,internal
KAZ,RUS,KAZ,KAZ,,stress,voluntary,regular,none,none,permanent,,no,,stress,emigrant_national
KGZ,KAZ,KGZ,KGZ,,commercial,voluntary,visa_free,none,none,shuttle,0.5,no,,commercial,temporary_in
KAZ,TUR,KAZ,KAZ,,commercial,voluntary,visa_free,none,none,single,1,no,,commercial,temporary_out
RUS,KAZ,KAZ,KAZ,,,voluntary,citizen,none,none,permanent,,yes,30,return,return_migrant
RUS,KAZ,KAZ,KAZ,,,voluntary,citizen,none,none,permanent,,yes,5,return,immigrant_national
UZB,KAZ,UZB,UZB,,labour,voluntary,work_permit,none,none,seasonal,5,no,,labour,temporary_in
TUR,KAZ,TUR,TUR,,labour,voluntary,work_permit,none,none,single,24,no,,labour,immigrant_foreign
KAZ,KAZ,KAZ,KAZ,,economic,voluntary,citizen,none,none,permanent,,no,,economic,internal
KAZ,RUS,KAZ,KAZ,,education,voluntary,regular,none,none,single,48,no,,social,emigrant_national
KAZ,RUS,RUS,RUS,,family,voluntary,regular,none,none,permanent,,no,,social,emigrant_foreign
KAZ,KAZ,KAZ,KAZ,,demographic,,citizen,none,none,permanent,,no,,demographic,internal
RUS,KAZ,RUS,RUS,,,voluntary,regular,none,none,single,3,no,,voluntary,temporary_in
RUS,KAZ,,,,,,,,,,,,,unknown,mobility
KAZ,KAZ,,,,,,,,,,,,,unknown,internal
RUS,KAZ,,,,,,,,,permanent,,,,unknown,immigrant
KAZ,RUS,KAZ,,,,,,,,,,,,unknown,mobility
RUS,UZB,,,,,,,,,,,,,unknown,outside_account
"""


def moves() -> pl.DataFrame:
    frame = pl.read_csv(io.StringIO(MOVES.strip()), infer_schema=False)
    return frame.rename({"form": "true_form", "un_class": "true_un"})


def labelled(frame: pl.DataFrame) -> pl.DataFrame:
    return classify(frame, "KAZ", kin_groups=["kazakh"])


def test_moves_labelled_by_hand() -> None:
    found = labelled(moves())
    for row in found.iter_rows(named=True):
        assert (row["form"], row["un_class"]) == (row["true_form"], row["true_un"]), row
    assert found["form_rule"].null_count() == (found["form"].cast(pl.String) == UNKNOWN).sum()


def test_a_rule_less_is_noticed() -> None:
    """Planted fault: every form rule that gave a label is needed for it."""
    whole = labelled(moves())
    for rule in whole["form_rule"].drop_nulls().unique().cast(pl.String):
        less = classify(moves(), "KAZ", kin_groups=["kazakh"], rules=standard_rules().without(rule))
        assert (less["form"].cast(pl.String) != whole["form"].cast(pl.String)).any(), rule


def plain(frame: pl.DataFrame) -> list[dict[str, str]]:
    """Slow twin: the first rule whose conditions all surely hold, one record and one rule at a time."""
    known = facts(check_records(frame, ()), "KAZ", ["kazakh"], Windows(), 12.0)
    answers = []
    for record in known.iter_rows(named=True):
        for ladder, column in LADDERS.items():
            record[column] = None
            for rule in standard_rules().ladder(ladder):
                if all(_holds(record[fact], wanted) for fact, wanted in rule.when.items()):
                    record[column] = rule.label
                    break
        answers.append({column: record[column] or UNKNOWN for column in LADDERS.values()})
    return answers


def _holds(value: object, wanted: object) -> bool:
    if value is None:
        return False
    if isinstance(wanted, bool):
        return value is wanted
    assert isinstance(wanted, tuple)
    if all(isinstance(part, str) for part in wanted):
        return value in wanted
    low, below = (12.0 if bound == -1 else bound for bound in wanted)
    return (low is None or value >= low) and (below is None or value < below)  # type: ignore[operator]


CELLS = {
    **{name: [None, *words] for name, words in VOCABULARIES.items()},
    **{name: [None, "KAZ", "RUS", "CHN"] for name in ("origin_country", "destination_country")},
    "citizenship": [None, "KAZ", "RUS"],
    "birth_country": [None, "KAZ", "RUS"],
    "ethnic_group": [None, "kazakh", "russian"],
    "stay_months": [None, "0.5", "4", "12", "40"],
    "prior_moves": [None, "0", "2"],
    "months_away": [None, "3", "30"],
}


def made_up(seed: int, rows: int) -> pl.DataFrame:
    """Moves whose every cell is drawn at random, each column empty with a chance of its own in each row."""
    rng = np.random.Generator(np.random.Philox(key=seed))
    empty = rng.random((rows, 1)) > rng.random((rows, len(CELLS)))
    return pl.DataFrame(
        {
            name: [None if gone else words[place] for gone, place in zip(empty[:, n], rng.integers(0, len(words), rows), strict=True)]
            for n, (name, words) in enumerate(CELLS.items())
        },
        schema=dict.fromkeys(CELLS, pl.String),
    )  # fmt: skip


def labels(found: pl.DataFrame) -> list[tuple[str, ...]]:
    return found.select(pl.col(list(LADDERS.values())).cast(pl.String)).rows()


def test_agrees_with_a_plain_twin() -> None:
    frame = made_up(1, 800)
    assert labels(labelled(frame)) == [tuple(twin.values()) for twin in plain(frame)]


def test_filling_an_empty_cell_gives_a_label_that_was_possible() -> None:
    frame, other = made_up(2, 800), made_up(3, 800)
    filled = frame.select(pl.coalesce(pl.col(name), other[name]).alias(name) for name in frame.columns)
    before, after = labelled(frame), labelled(filled)
    for column in LADDERS.values():
        for old, new in zip(before[f"{column}_possible"].cast(pl.String), after[column].cast(pl.String), strict=True):
            assert new in old.split(", "), (column, old, new)


def test_order_of_records_does_not_matter() -> None:
    frame = made_up(4, 400)
    order = np.random.Generator(np.random.Philox(key=5)).permutation(400)
    assert labelled(frame)[order].rows() == labelled(frame[order]).rows()


HISTORY = """
person,date,origin_country,destination_country,citizenship,cause,expected
a,2015-03-01,KAZ,RUS,KAZ,,unknown
a,2018-04-01,RUS,KAZ,KAZ,,return
b,2020-05-01,UZB,KAZ,UZB,,transit
b,2020-05-20,KAZ,RUS,UZB,,transit
c,2019-04-10,KGZ,KAZ,KGZ,labour,labour
c,2019-09-10,KAZ,KGZ,KGZ,,unknown
c,2020-04-20,KGZ,KAZ,KGZ,labour,labour
c,2020-10-01,KAZ,KGZ,KGZ,,unknown
"""


def test_what_a_persons_other_records_tell() -> None:
    found = labelled(pl.read_csv(io.StringIO(HISTORY.strip()), infer_schema=False)).with_columns(pl.col(pl.Enum).cast(pl.String))
    rows = found.rows_by_key(["person", "date"], named=True, unique=True)
    assert rows["a", "2018-04-01"]["direction_class"] == "return"
    assert rows["a", "2018-04-01"]["un_class"] in ("return_migrant", "mobility")  # the stay afterwards is not known
    assert [rows["b", day]["form"] for day in ("2020-05-01", "2020-05-20")] == ["transit", "transit"]
    assert rows["c", "2020-04-20"]["duration_class"] == "seasonal"
    assert rows["c", "2019-04-10"]["duration_class"] == "short_term"
    assert rows["c", "2020-10-01"]["frequency_class"] == "circular"


def test_a_transit_window_of_days() -> None:
    frame = pl.read_csv(io.StringIO(HISTORY.strip()), infer_schema=False)
    short = classify(frame, "KAZ", windows=Windows(transit_days=10))
    assert (short["form"].cast(pl.String) != "transit").all()


def test_mix_keeps_the_unknown_and_adds_up() -> None:
    frame = moves().with_columns(date=pl.when(pl.int_range(pl.len()) < 12).then(pl.lit("2020-01-05")).otherwise(pl.lit("2021-01-05")))
    mix = mix_by_year(labelled(frame))
    sums = mix.group_by("year").agg(pl.col("share").sum(), pl.col("count").sum(), pl.col("total").first())
    assert np.allclose(sums["share"], 1)
    assert (sums["count"] == sums["total"]).all()
    assert mix.filter((pl.col("label") == UNKNOWN) & (pl.col("year") == 2021))["count"].item() == 5
    inside = mix.filter((pl.col("least") > pl.col("share") + 1e-12) | (pl.col("most") < pl.col("share") - 1e-12))
    assert inside.filter(pl.col("label") != UNKNOWN).is_empty()
    with pytest.raises(BadInput, match=r"95|wilson"):
        mix_by_year(labelled(frame), level=1.5)


def test_wilson_interval_of_a_textbook() -> None:
    """Newcombe (1998), Statistics in Medicine 17:857, table I, method 3: 81/263 and 15/148."""
    low, high = share_intervals([81, 15], [263, 148], classes=1)
    assert np.round(low, 4).tolist() == [0.2553, 0.0624]
    assert np.round(high, 4).tolist() == [0.3662, 0.1605]


def test_confusion_counts_unknown_against_recall_only() -> None:
    found = labelled(moves())
    whole = confusion(found, "true_form")
    assert whole.accuracy == 1
    assert whole.kappa == pytest.approx(1)
    assert whole.without_truth == 5
    hidden = moves().with_columns(cause=pl.when(pl.col("cause") == "labour").then(None).otherwise("cause"))
    part = confusion(labelled(hidden), "true_form")
    labour = part.classes.filter(pl.col("label") == "labour").row(0, named=True)
    assert labour["recall"] == 0
    assert part.accuracy == pytest.approx(1 - 2 / 21)
    with pytest.raises(BadInput, match="labor"):
        confusion(found.with_columns(true_form=pl.lit("labor")), "true_form")


@pytest.mark.parametrize(
    ("column", "value", "part"),
    [
        ("cause", "work", "records 1"),
        ("origin_country", "Russia", "origin_country"),
        ("date", "05.01.2020", "2021-05-30"),
        ("stay_months", "-3", "-3"),
        ("prior_moves", "1.5", "1.5"),
    ],
)
def test_one_clear_sentence(column, value, part) -> None:
    with pytest.raises(BadInput, match=part):
        labelled(pl.DataFrame({"destination_country": ["KAZ"], column: [value]}))


def test_names_that_are_no_columns() -> None:
    with pytest.raises(UnknownName, match="citizenship"):
        labelled(pl.DataFrame({"destination_country": ["KAZ"], "citizenshp": ["KAZ"]}))
    with pytest.raises(QonysError, match="cause"):
        labelled(pl.DataFrame({"x": ["1"]}))
    with pytest.raises(QonysError, match="date"):
        labelled(pl.DataFrame({"person": ["1"], "cause": ["labour"]}))
    with pytest.raises(BadInput, match="form"):
        labelled(pl.DataFrame({"form": ["1"], "cause": ["labour"]}))
    with pytest.raises(BadInput, match="kaz"):
        classify(pl.DataFrame({"cause": ["labour"]}), "kaz")


def test_rules_of_a_person() -> None:
    text = '[[form]]\nid = "X1"\nlabel = "work"\nwhen = {cause = ["labour"]}\nwhy = "form_labour"\nsource = "me"\n'
    assert classify(pl.DataFrame({"cause": ["labour"]}), "KAZ", rules=read_rules(text))["form"].item() == "work"
    for broken, part in (
        (text.replace("labour\"]", "work\"]"), "work"),
        (text.replace("cause", "couse"), "couse"),
        (text + text, "X1"),
        ("form = [", "TOML"),
        (text.replace("form]]", "forms_of]]"), "forms_of"),
    ):
        with pytest.raises(BadInput, match=part):
            read_rules(broken)


def test_every_column_is_documented_once() -> None:
    assert len(set(COLUMNS)) == len(COLUMNS)
    ids = [rule.id for rule in standard_rules().rules]
    assert all(a != b for a, b in pairwise(sorted(ids)))
