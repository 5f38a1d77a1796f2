"""Protected tables of a register, the secret, and attacks on them."""

import os
import stat

import numpy as np
import polars as pl
import pytest

import qonys
from qonys.cli import main
from qonys.errors import BadInput
from qonys.kernels.protection import keys as kernel
from qonys.registers.axes import TableChoices
from qonys.registers.flows import flows
from qonys.registers.protection import attacks as attacking
from qonys.registers.protection.attacks import attack_frame, attacks
from qonys.registers.protection.cubes import keyed_cube
from qonys.registers.protection.secret import made_up_secret, new_secret, read_secret
from qonys.registers.protection.tables import Protection, protected_flows

from .conftest import made_records

BY = ("year", "origin", "destination", "sex")


@pytest.fixture
def register(imported, here):
    path = here / "records.csv"
    made_records(5).write_csv(path)
    return imported(path)


@pytest.fixture
def secret(here):
    path = here / "secret"
    new_secret(path)
    return read_secret(path)


def test_the_cube_is_that_of_the_flows(register, secret):
    choices = TableChoices(BY)
    assert np.array_equal(keyed_cube(register, choices, secret).counts, flows(register, choices).flows.values)


def test_one_cell_is_the_same_in_every_table_and_a_total_has_its_own_noise(register, secret):
    """The cell of a table without margins is the margin of a finer one where every record has a cell."""
    coarse = protected_flows(register, TableChoices(("year", "origin")), secret).frame
    fine = protected_flows(register, TableChoices(("year", "origin", "sex")), secret, totals=True).frame
    margin = fine.filter((pl.col("sex") == "total") & (pl.col("time") != "total") & (pl.col("origin") != "total"))
    assert coarse.sort("time", "origin").select("value").equals(margin.sort("time", "origin").select("value"))
    parts = fine.filter((pl.col("sex") != "total") & (pl.col("time") != "total") & (pl.col("origin") != "total"))
    sums = parts.group_by("time", "origin").agg(pl.col("value").sum()).sort("time", "origin")
    assert not sums.select("value").equals(margin.sort("time", "origin").select("value"))


def test_the_order_of_the_records_changes_nothing(register, imported, here, secret):
    table = protected_flows(register, TableChoices(BY), secret).frame
    path = here / "other.csv"
    made_records(5).sample(fraction=1, shuffle=True, seed=3).write_csv(path)
    assert protected_flows(imported(path, name="other"), TableChoices(BY), secret).frame.equals(table)


def test_small_counts_are_never_shown_and_zeros_stay(register, secret):
    truth = flows(register, TableChoices(BY)).flows.tidy(time="time").with_columns(pl.col("time").cast(pl.String))
    frame = protected_flows(register, TableChoices(BY), secret).frame
    assert frame["value"].min() > 2
    zeros = truth.filter(pl.col("value") == 0)
    assert frame.join(zeros, on=["time", "origin", "destination", "sex"], how="inner").is_empty()


def test_attacks_find_nothing_in_a_protected_table_and_all_of_an_open_one(register, secret):
    found = attacks(register, TableChoices(BY), secret)
    assert [one.name for one in found] == ["overlapping", "nested", "repeated", "difference"]
    for one in found:
        assert one.cells > 0
        assert one.sure == 0, one
        assert one.sure_open > one.cells * 0.9, one
    assert attack_frame(found).columns == ["attack", "tables", "cells", "sure_open", "sure", "guessed", "seen"]


def test_rounding_alone_gives_cells_away_and_it_is_said(register, secret):
    found = {
        one.name: one
        for one in attacks(
            register, TableChoices(("year", "origin", "sex", "age")), secret, Protection("round", base=3)
        )
    }
    assert found["nested"].sure > 0


def test_withheld_cells_cannot_be_derived_but_the_small_ones_alone_can(register, secret, monkeypatch):
    choices, how = TableChoices(("origin", "sex", "group")), Protection("suppress", threshold=40)
    (found,) = attacks(register, choices, secret, how)
    assert found.cells > 0
    assert found.sure == 0
    # the fault: small cells are withheld, nothing with them
    monkeypatch.setattr(
        "qonys.registers.protection.tables.withheld_rows", lambda counts, sums, least: (counts > 0) & (counts < least)
    )
    (bare,) = attacks(register, choices, secret, how)
    assert bare.sure > 0


def test_the_attack_rings_when_noise_is_taken_away(register, secret, monkeypatch):
    """The fault: the published counts are the true ones, and readers learn that there is no noise."""
    monkeypatch.setattr(attacking, "perturbed_bounds", lambda shown, table: attacking.exact_bounds(shown))
    monkeypatch.setattr(attacking, "shown_counts", lambda counts, keys, how, noise: counts)
    assert all(one.sure > 0 for one in attacks(register, TableChoices(BY), secret))


def test_repeated_answers_ring_when_noise_is_drawn_anew(register, secret):
    """The fault: each answer has fresh noise, whose mean is the truth."""
    usual = attacks(register, TableChoices(BY), secret)[2]
    draws = np.random.default_rng(1)
    cube = keyed_cube(register, TableChoices(BY), secret)
    fresh = attacking._repeated(
        cube,
        lambda counts, keys: counts + draws.integers(-2, 3, counts.shape),
        lambda counts, keys: attacking.exact_bounds(counts.ravel()),
    )
    assert fresh.guessed > 0.95 > 0.6 > usual.guessed


def test_a_record_without_a_person_has_a_key_of_its_own(imported, here, secret):
    rows = ["record,person,day,origin,destination"]
    rows += [f"{i},{'' if i % 2 else f'p{i // 4}'},2020-01-0{1 + i % 9},KZ-10,KZ-11" for i in range(1, 41)]
    register = imported(rows)
    found = keyed_cube(register, TableChoices(("year",)), secret)
    assert found.counts.tolist() == [40]
    again = keyed_cube(imported([rows[0], *reversed(rows[1:])], name="again"), TableChoices(("year",)), secret)
    assert found.keys.tolist() == again.keys.tolist()


def test_another_secret_gives_other_noise(register, secret):
    one = keyed_cube(register, TableChoices(BY), secret).keys
    other = keyed_cube(register, TableChoices(BY), made_up_secret()).keys
    assert (one != other).mean() > 0.5


def test_the_secret_is_its_owners_alone_and_not_made_twice(here):
    path = here / "secret"
    new_secret(path)
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert not read_secret(path).seen
    assert "(...)" in repr(read_secret(path))
    with pytest.raises(BadInput, match="there already"):
        new_secret(path)
    path.chmod(0o644)
    assert read_secret(path).seen


@pytest.mark.parametrize("text", ["", "abc", "zz" * 32, "00" * 8])
def test_what_is_no_secret_is_refused(here, text):
    path = here / "secret"
    path.write_text(text)
    with pytest.raises(BadInput, match="holds no secret"):
        read_secret(path)
    with pytest.raises(BadInput, match="cannot be read"):
        read_secret(here / "none")


def test_the_secret_is_nowhere_beside_the_register(register, secret, here):
    protected_flows(register, TableChoices(BY), secret, totals=True)
    words = (here / "secret").read_text().strip()
    for path in (here / "data").rglob("*"):
        if path.is_file():
            assert words.encode() not in path.read_bytes()


def test_too_many_cells_to_withhold_are_refused(register, secret):
    with pytest.raises(BadInput, match="cellkey"):
        protected_flows(
            register, TableChoices(("month", "origin", "destination", "sex", "age")), secret, Protection("suppress")
        )
    with pytest.raises(BadInput, match="--method"):
        Protection("none")


def test_keys_of_persons_do_not_tell_their_numbers(secret):
    """Every key is as frequent as another, and neighbours are unrelated."""
    found = kernel.record_keys(secret.words, np.arange(1 << 18)).astype(np.int64)
    counts = np.bincount(found >> 8, minlength=256)
    assert ((counts - 1024) ** 2 / 1024).sum() < 350
    assert abs(np.corrcoef(found[1:], found[:-1])[0, 1]) < 0.01


def test_the_command_protects_and_says_how(register, here, capsys, monkeypatch):
    monkeypatch.chdir(here)
    assert main(["registers", "protect", "--new-secret", "s.txt"]) == 0
    assert main(["registers", "protect", "try", "--by", "year,sex"]) != 0
    assert "--secret FILE" in capsys.readouterr().err
    assert (
        main(["registers", "protect", "try", "--by", "year,sex", "--secret", "s.txt", "--margins", "--out", "out.csv"])
        == 0
    )
    frame = pl.read_csv(here / "out.csv")
    assert frame["value"].min() > 2
    assert "variance 2" in frame["protection"][0]
    assert frame.filter(pl.col("sex") == "total").height
    capsys.readouterr()
    (here / "s.txt").chmod(0o644)
    assert (
        main(
            [
                "registers",
                "attack",
                "try",
                "--by",
                "year,sex",
                "--secret",
                "s.txt",
                "--base",
                "9",
                "--margins",
                "--format",
                "csv",
            ]
        )
        == 0
    )
    shown = capsys.readouterr()
    assert "chmod 600" in shown.err
    assert "--base" in shown.err
    assert "--margins" in shown.err
    assert [line.split(",")[4] for line in shown.out.splitlines()[1:]] == ["0"] * 4


def test_by_python_a_register_is_protected_under_its_secret(register, here):
    found = qonys.registers.open("try")
    with pytest.raises(BadInput, match="real persons"):
        found.protect(("year", "sex"))
    new_secret(here / "t.txt")
    assert found.protect(("year", "sex"), here / "t.txt", totals=True).frame["value"].min() > 2
