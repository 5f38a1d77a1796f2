"""The door to figures: ids, roles, lineage, recording, and what it refuses."""

import polars as pl
import pytest
import yaml

from qonys.catalog import open_pack
from qonys.catalog.checks import run_checks
from qonys.catalog.pack import shipped_packs
from qonys.errors import BadInput, UnknownName
from qonys.inputs import (
    Reading,
    available,
    chosen,
    digest,
    figure,
    read_again,
    recording,
    rival_figures,
    rows,
    series,
    sources_of,
)  # fmt: skip
from qonys.quantities import Population, Series


def changed(folder, **figures):
    """The pack of `folder` with figures changed: name=dict of keys to replace; None takes a key out."""
    path = folder / "figures.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    for name, keys in figures.items():
        entry = document.setdefault(name, {})
        for key, value in keys.items():
            entry.pop(key, None) if value is None else entry.__setitem__(key, value)
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    return open_pack(folder)


def sentences(pack):
    return [found.sentence() for result in run_checks(pack, ["figures"]) for found in result.findings]


def test_the_declared_figures_of_the_shipped_pack_hold(shipped):
    assert sentences(shipped) == []


def test_a_series_is_that_of_the_written_order_and_names_its_rows(shipped):
    births = figure(shipped, "births")
    assert isinstance(births, Series)
    table = shipped.table("national").filter(pl.col("indicator") == "births")
    last = table.filter((pl.col("year") == 2024) & (pl.col("source") == "bns_births"))
    assert births.at(time=2024) == last["value"][0]
    assert len(births.lineage.rows) == births.values.size
    row = births.lineage.rows[-1]
    assert (row.table, row.source, row.status) == ("national", "bns_births", last["status"][0])
    assert row.key == (("year", 2024), ("indicator", "births"))


def test_a_role_speaks_alone(shipped):
    model = figure(shipped, "births", role="model")
    assert model.lineage.sources == ("wpp2024",)
    with pytest.raises(BadInput, match="no source has the role “hearsay”"):
        figure(shipped, "births", role="hearsay")


def test_rivals_stand_side_by_side(shipped):
    rivals = rival_figures(shipped, "net_migration")
    assert set(rivals) >= {"bns_migration_balance", "wpp2024"}
    assert all(found.lineage.sources == (source,) for source, found in rivals.items())


def test_every_table_is_a_figure_under_its_own_name(shipped):
    for table in shipped.tables():
        assert rows(shipped, table).equals(shipped.table(table))


def test_a_lineage_keeps_the_rows_of_both_sides(shipped):
    births, deaths = figure(shipped, "births"), figure(shipped, "deaths")
    joined = births.lineage.joined(deaths.lineage, "births less deaths")
    assert len(joined.rows) == len(births.lineage.rows) + len(deaths.lineage.rows)
    assert births.lineage.joined(births.lineage, "twice").rows == births.lineage.rows


def test_recordings_note_what_is_read_and_nest(shipped):
    with recording() as outer:
        rows(shipped, "births")
        with recording() as inner:
            chosen(shipped, "deaths")
    assert inner == {Reading("deaths", chosen=True)}
    assert outer == {Reading("births"), Reading("deaths", chosen=True)}


def test_a_recording_apart_keeps_its_readings(shipped):
    with recording() as outer:
        with recording(apart=True) as inner:
            rows(shipped, "births", role="model")
        sources_of(shipped, ("deaths",))
    assert inner == {Reading("births", "model")}
    assert outer == {Reading("deaths", named=True)}


@pytest.mark.parametrize("reading", [Reading("births"), Reading("births", "model"), Reading("births", chosen=True),
                                     Reading("births", "model", chosen=True), Reading("births", named=True)])  # fmt: skip
def test_a_reading_is_a_word_and_reads_the_same_again(shipped, reading):
    assert Reading.of(reading.text) == reading
    first = chosen(shipped, "births", reading.role) if reading.chosen else rows(shipped, "births", reading.role)
    assert read_again(shipped, reading).equals(first)


def test_what_a_pack_lacks_is_named(shipped):
    assert available(shipped, ("births", "wealth", "internal_od")) == ("wealth",)
    with pytest.raises(UnknownName, match="no figure “birhts”; the nearest: births"):
        figure(shipped, "birhts")


def test_the_digest_follows_rows_and_declaration(own):
    before = digest(open_pack(own), "births"), digest(open_pack(own), "census_population")
    table = own / "tables" / "national.csv"
    text = table.read_text(encoding="utf-8")
    first = next(line for line in text.splitlines() if ",births," in line)
    table.write_text(text.replace(first, first.replace(",births,", ",births,1", 1)), encoding="utf-8")
    after = digest(open_pack(own), "births"), digest(open_pack(own), "census_population")
    assert before[0] != after[0]
    assert before[1] == after[1]
    assert digest(changed(own, births={"unit": "moves"}), "births") != after[0]


@pytest.mark.parametrize(
    ("name", "keys", "sentence"),
    [
        ("births", {"unit": None}, "figure births: the key “unit” is missing"),
        ("births", {"unit": "moves"}, "declared in moves, but its rows are in: persons"),
        ("births", {"table": "natoinal"}, "no table “natoinal”; the nearest: national"),
        ("births", {"where": "indicator=brth"}, "no row of the table national"),
        ("births", {"axes": ["year", "wind"]}, "the axis “wind” is not a column"),
        ("births", {"definition": "guess"}, "definition “guess” is not in"),
        ("births", {"prefer": "national.brths"}, "series “national.brths” is not in"),
        ("births", {"roles": {"register": ["nobody"]}}, "source “nobody” is not in"),
        ("births", {"names": {"en": "Births"}}, "name in the language “ru” is missing"),
        ("births", {"colour": "red"}, "the key “colour” is not known"),
        ("births", {"kind": "poem"}, "“poem” is not a kind of quantity"),
    ],
)
def test_planted_faults_ring(own, name, keys, sentence):
    found = sentences(changed(own, **{name: keys}))
    assert any(sentence in text for text in found), found


def test_a_missing_cell_is_named_not_filled(own):
    pack = changed(own, residents={
        "table": "ethnic_national", "where": "basis=census;unit=persons", "axes": ["year", "ethnic_group"],
        "unit": "persons", "definition": "residents_ethnic", "prefer": "ethnic_national.census",
        "kind": "population", "names": {"en": "Groups", "ru": "Группы", "kk": "Топтар"},
    })  # fmt: skip
    with pytest.raises(BadInput, match="no value for year="):
        figure(pack, "residents")
    assert isinstance(figure(pack, "census_population"), Population)


def test_what_pages_say_of_an_old_count_is_no_error_of_a_modern_one(own):
    def errors():
        counted = series.census_population(open_pack(own))
        return dict(zip(counted.axis("time").labels, counted.sd, strict=True))

    before = errors()
    with (own / "secondary" / "census.csv").open("a", encoding="utf-8") as file:
        file.write("1926,KZ,pre2018,total,9000000,persons,secondary,wiki_kazakhstan,planted\n")
    after = errors()
    assert after[1926] > before[1926]
    assert (after[2021], after[1959]) == (before[2021], before[1959])


def test_no_figure_of_a_shipped_pack_is_declared_twice():
    for name in shipped_packs():
        path = open_pack(name).path / "figures.yaml"
        ids = [line.split(":")[0] for line in path.read_text(encoding="utf-8").splitlines() if line[:1].isalpha()]
        assert len(ids) == len(set(ids)), name
