"""The chain of a move of the shipped country: through the command line, in three languages, and from Python."""

import json

import numpy as np
import polars as pl
import pytest

import qonys
from qonys import words
from qonys.catalog import open_pack
from qonys.cli import main
from qonys.projection.national import Run
from qonys.projection.regional.project import Keep, forcing_of, project_world
from qonys.study.analyses.behaviour import BehaviourRequest, runs_of
from qonys.study.base.behaviour import behaviour_inputs, country_of, targets_of
from qonys.study.ensembles.fits import world_of

FEW = ["--draws", "2", "--until", "2026"]


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


def rows(capsys, *arguments):
    assert main(["behaviour", "run", *arguments, "--format", "json"]) == 0
    return pl.DataFrame(json.loads(capsys.readouterr().out))


def test_the_twin_of_the_country_without_the_chain_is_its_regional_projection(pack):
    world, run = world_of(pack), Run(5, (0, 1), 1)
    from qonys.behaviour.twin import without_chain
    from qonys.kernels.behaviour.usual import usual_moves

    given, tables = forcing_of(world, run)
    one = behaviour_inputs(country_of(pack, world), world, run)[0]
    made = without_chain(one, usual_moves(tables, given.drivers, 0)).people.sum(axis=(3, 4, 5))
    found = project_world(world, run, None, Keep(("region", "group"), (0,), ("region", "group")))
    wanted = found.draws("population", ("region", "group"), (0,))[0].reshape(made.shape)
    np.testing.assert_allclose(made, wanted, rtol=1e-10)


@pytest.mark.long
def test_the_first_year_meets_the_regional_projection(pack):
    world, run = world_of(pack), Run(1, (0, 2), 1)
    found = runs_of(pack, BehaviourRequest(until=world.regional.base_year + 1, draws=2, means=True))
    country = country_of(pack, world)
    wanted = targets_of(country, behaviour_inputs(country, world, run), forcing_of(world, run)[0], world)
    assert found.miss < 0.01
    moved = np.mean([(one.moves + one.returns)[0].sum() for one in found.baseline])
    assert abs(moved / wanted.left.sum() - 1) < 0.02


@pytest.mark.long
def test_tables_through_the_command_line(capsys):
    moves = rows(capsys, *FEW)
    assert set(moves["year"]) == {2025, 2026}
    assert {"moves", "returned", "immigrants"} <= set(moves["measure"])
    assert (moves["q2.5"] <= moves["q97.5"]).all()
    potential = rows(capsys, *FEW, "--table", "potential", "--by", "education")
    shares = potential.filter(pl.col("measure") == "share_intending")
    assert shares["q50"].is_between(0, 100).all()
    assert set(shares["education"]) == {"basic", "higher"}
    settling = rows(capsys, *FEW, "--table", "settling", "--by", "group")
    assert settling.filter(pl.col("years_here") == 0)["q50"].to_list() == pytest.approx(
        [100.0] * settling["group"].n_unique()
    )
    stays = rows(capsys, *FEW, "--table", "stays", "--by", "age")
    assert "15-19" in stays["age_group"].to_list()


@pytest.mark.long
def test_sums_of_parts_are_the_whole(capsys):
    whole = rows(capsys, "--draws", "1", "--until", "2026", "--table", "stays")
    for axis in ("region", "group", "education", "age"):
        parts = rows(capsys, "--draws", "1", "--until", "2026", "--table", "stays", "--by", axis)
        for name in ("people", "leavers"):
            one, other = (frame.filter(pl.col("measure") == name) for frame in (whole, parts))
            sums = other.group_by("year", maintain_order=True).agg(pl.col("q50").sum())
            np.testing.assert_allclose(sums["q50"], one["q50"], rtol=1e-9)


@pytest.mark.long
def test_a_scenario_acts_from_its_year_and_in_its_place(capsys):
    given = ["--draws", "2", "--until", "2027", "--table", "effect", "--set", "internal_times=2", "--set", "since=2026"]
    effect = rows(capsys, *given)
    assert effect.filter(pl.col("year") < 2026)["q50"].abs().max() < 1e-6
    later = effect.filter((pl.col("year") == 2027) & (pl.col("measure") == "leavers"))
    assert later["q2.5"].item() > 0
    pulled = rows(capsys, *FEW, "--table", "effect", "--by", "region", "--set", "region_attraction.KZ-71=1.5")
    capital = pulled.filter((pl.col("region") == "KZ-71") & (pl.col("measure") == "people") & (pl.col("year") == 2026))
    assert capital["q2.5"].item() > 0


@pytest.mark.long
def test_persons_and_twin_agree_on_the_country(capsys):
    given = ["--draws", "1", "--until", "2026", "--means"]
    twin, persons = rows(capsys, *given), rows(capsys, *given, "--micro", "--share", "0.05")
    for name in ("moves", "returned"):
        one, other = (frame.filter(pl.col("measure") == name)["q50"].to_numpy() for frame in (twin, persons))
        assert (np.abs(one - other) < 5 * np.sqrt(one / 0.05)).all()


def test_every_measure_of_the_lab_has_its_place_and_basis(capsys, pack):
    acts = rows(capsys, "--table", "acts").filter(pl.col("measure").is_not_null())
    named = set(acts["measure"])
    from qonys.study.lab.policy_measures import read_measures

    known = {one.id: one for one in read_measures(pack)}
    assert {name for name, one in known.items() if any(part.form != "temporary" for part in one.effects)} <= named
    for row in acts.filter(pl.col("measure").is_in(list(known))).to_dicts():
        assert row["basis"] in {part.unit.basis for part in known[row["measure"]].effects}


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_every_table_is_in_words(capsys, language):
    for table in ("parameters", "acts"):
        assert main(["behaviour", "run", "--table", table, "--lang", language]) == 0
        out = capsys.readouterr().out
        assert (words.text("behaviour.stated", language)[:40] in out) == (table == "parameters")
        assert "behaviour." not in out


@pytest.mark.parametrize(
    ("given", "key"),
    [
        (["--table", "wages"], "estimation.choice"),
        (["--by", "sex"], "estimation.choice"),
        (["--by", "age"], "estimation.choice"),
        (["--table", "settling", "--by", "education"], "estimation.choice"),
        (["--parameter", "norm"], "behaviour.pair"),
        (["--parameter", "norm=99"], "behaviour.range"),
        (["--parameter", "norms=1"], "behaviour.parameter"),
        (["--table", "effect"], "behaviour.no_scenario"),
        (["--set", "no_migration=true"], "behaviour.no_migration"),
        (["--until", "1990"], "projection.year"),
        (["--draws", "1", "--until", "2026", "--set", "emigration_times_by_group.martians=2"], "regional.label"),
        (["--draws", "1", "--until", "2026", "--set", "region_attraction.atlantis=2"], "regional.label"),
        (["--draws", "1", "--until", "2026", "--set", "emigration_times_by_region.KZ-99=2"], "regional.label"),
    ],
)
def test_what_cannot_be_is_one_sentence(capsys, given, key):
    assert main(["behaviour", "run", *given]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    last = captured.err.strip().splitlines()[-1]
    assert last.startswith(words.text(key, "en").partition("{")[0][:12])


def test_more_persons_than_the_memory_holds_are_refused_before_anything_runs(capsys, monkeypatch):
    from qonys.cli.installed import machine

    monkeypatch.setattr(machine, "memory", lambda: (1e7, 1e7))
    assert main(["behaviour", "run", "--micro", "--draws", "1", "--until", "2026"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert words.text("behaviour.draw", "en", done=1, total=1)[:9] not in captured.err
    assert "0.0" in captured.err.strip().splitlines()[-1]


def test_a_scenario_of_an_unknown_place_runs_nothing(capsys, tmp_path):
    file = tmp_path / "scenario.toml"
    file.write_text("[region_attraction]\natlantis = 2.0\n", encoding="utf-8")
    assert main(["behaviour", "run", "--draws", "1", "--until", "2026", "--scenario", str(file)]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "atlantis" in captured.err
    assert words.text("behaviour.draw", "en", done=1, total=1)[:9] not in captured.err


@pytest.mark.long
def test_several_scenarios_run_on_the_same_draws(capsys, tmp_path):
    names = []
    for number, text in enumerate(("internal_times = 2.0\n", "[region_attraction]\nKZ-71 = 1.5\n")):
        names.append(str(tmp_path / f"{number}.toml"))
        (tmp_path / f"{number}.toml").write_text(text, encoding="utf-8")
    given = ["--draws", "1", "--until", "2026", "--table", "effect"]
    both = rows(capsys, *given, "--scenario", names[0], "--scenario", names[1])
    for name in names:
        alone = rows(capsys, *given, "--scenario", name)
        assert both.filter(pl.col("scenario") == name).drop("scenario").equals(alone)


@pytest.mark.long
@pytest.mark.parametrize("persons", [(), ("--micro", "--share", "0.01")])
def test_shards_of_draws_are_one_run_to_the_bit(capsys, tmp_path, persons):
    given = ["--draws", "3", "--until", "2026", "--table", "potential", "--set", "internal_times=1.2", *persons]
    whole, folder = rows(capsys, *given), ["--out", str(tmp_path / "draws")]
    part = rows(capsys, *given, *folder, "--shard", "1/2")
    assert part["finished"].to_list() == ["yes", "no", "yes"]
    assert main(["behaviour", "run", *given, *folder]) == 1
    assert "--resume" in capsys.readouterr().err
    assert rows(capsys, *given, *folder, "--resume").equals(whole)
    kept = sorted((tmp_path / "draws" / "shards").glob("*.npz"))
    kept[1].write_bytes(kept[1].read_bytes()[:-7])
    assert rows(capsys, *given, *folder, "--resume").equals(whole)
    assert main(["behaviour", "run", "--draws", "3", "--until", "2027", *folder, "--resume"]) == 1
    assert str(tmp_path / "draws") in capsys.readouterr().err


@pytest.mark.long
def test_a_part_without_a_folder_is_refused(capsys):
    assert main(["behaviour", "run", "--shard", "1/2"]) == 1
    assert "--shard" in capsys.readouterr().err
    assert main(["behaviour", "run", "--shard", "3/2", "--out", "x"]) == 1
    assert "3/2" in capsys.readouterr().err


@pytest.mark.long
def test_a_first_year_that_is_missed_is_said(capsys):
    held = ["--parameter", "back=0.9", "--parameter", "fade=0.95", "--parameter", "settle=0.02"]
    assert main(["behaviour", "run", "--draws", "1", "--until", "2025", "--means", *held]) == 0
    said = words.text("behaviour.missed", "en", draws=1, total=1, miss=0)
    assert said[:20] in capsys.readouterr().err


def test_a_table_through_the_command_line(capsys):
    moves = rows(capsys, "--draws", "1", "--until", "2025", "--means")
    assert set(moves["year"]) == {2025}
    assert {"moves", "returned", "immigrants"} <= set(moves["measure"])
    assert (moves["q50"] > 0).all()


def test_from_python():
    found = qonys.migration_behaviour("kazakhstan", draws=1, until=2025, means=True, parameters={"norm": 0.0})
    assert found.frame.columns == ["measure", "year", "q2.5", "q10", "q50", "q90", "q97.5"]
    assert words.text("behaviour.dates", "en") in found.notes
    with pytest.raises(qonys.errors.BadInput):
        qonys.migration_behaviour("kazakhstan", parameters={"norm": 99.0})
