"""The fits that come with the packs are those of their figures and code, are taken, and are made anew where not."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from qonys.catalog import open_pack, shipped_packs
from qonys.cli import main
from qonys.estimation.reconciliation import national
from qonys.kernels import scores
from qonys.projection.backtest.run import compact, restored, scored, summary
from qonys.projection.processes.registry import PROCESSES
from qonys.study.analyses.skill import skill_of
from qonys.study.base import national as base
from qonys.study.base.accounts import national_account
from qonys.study.ensembles import refit, shipped
from qonys.study.ensembles.fits import account_of
from qonys.study.ensembles.objects import digest_of, read_object, write_object
from qonys.study.ensembles.shipped import FitKey, frame_digest
from qonys.study.hindcast import national as hindcast
from qonys.study.plan import resolve
from qonys.words.notes import listening

PROCESS_NAMES = ("fertility", "longevity", "migration")
PAST = ("past_forecasts", "past_ages", "past_regions")
NAMES = ("account", *PROCESS_NAMES, *PAST)
PARAMETERS = ("mu", "phi", "sd", "ratio", "enter", "leave")


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A copy of the pack of Georgia with a cache of its own."""
    monkeypatch.setenv("QONYS_CACHE", str(tmp_path / "cache"))
    return shutil.copytree(open_pack("georgia").path, tmp_path / "georgia")


@pytest.mark.parametrize("name", shipped_packs())
def test_the_fits_are_those_of_the_figures_and_the_code(name):
    found = refit.outdated(open_pack(name))
    assert main(["pack", "fits", name, "--check"]) == (1 if found else 0)
    assert not found, f"the fits of the pack {name} are not those of {found}; renew them: ./run pack fits {name}"


@pytest.mark.parametrize("name", shipped_packs())
def test_convergence_stands_beside(name):
    index = shipped.index_of(open_pack(name))
    assert tuple(index) == NAMES
    assert all(one["versions"]["numpy"] for one in index.values())
    assert all(1 <= index[name]["rhat"] < 1.1 and index[name]["ess"] > 20 for name in NAMES[:4])
    assert 1 <= index["past_ages"]["rhat"] < 1.2
    assert index["past_ages"]["ess"] > 14
    assert 1 <= index["past_forecasts"]["rhat"] < 1.5  # short chains, ten origins: the study shows it as skill.rhat
    assert sum((open_pack(name).path / "fits" / f"{one}.npz").stat().st_size for one in PAST) < 800_000


def never(*given, **more):
    pytest.fail("fitted anew")


def test_a_first_projection_fits_nothing(own, monkeypatch, capsys):
    for module, name in ((national, "sample"),):
        monkeypatch.setattr(module, name, never)
    for known in PROCESSES.values():
        monkeypatch.setitem(known, next(iter(known)), never)
    assert main(["--pack", str(own), "project", "--draws", "20", "--format", "csv"]) == 0
    assert capsys.readouterr().err.splitlines() == ["Reading the reconciled account …", "Projecting …"]


def test_a_record_of_forecasts_fits_nothing(monkeypatch):
    for name in ("backtest", "cohorts", "regional_backtest"):
        monkeypatch.setattr(hindcast, name, never)
    pack = open_pack("georgia")
    found = hindcast.Hindcast(pack, resolve(pack).skill)
    assert found.record.origins[0] == 1980
    assert found.cohorts().cells.height > 1000
    assert found.regions()["region"].n_unique() > 5
    assert skill_of(pack).equals(summary(found.record.forecasts))


def test_a_record_is_of_its_own_plan_and_figures(own, monkeypatch):
    monkeypatch.setattr(hindcast, "backtest", anew)
    pack, heard = open_pack(own), []
    with listening(lambda key, values: heard.append(key)):
        with pytest.raises(Anew):
            _ = hindcast.Hindcast(pack, replace(resolve(pack).skill, draws=40)).record
        assert heard == []
        past = hindcast.Hindcast(pack, resolve(pack).skill).past
        other = replace(past, births=past.births + np.eye(*past.births.shape))
        monkeypatch.setattr(hindcast, "history", lambda pack: other)
        with pytest.raises(Anew):
            _ = hindcast.Hindcast(pack, resolve(pack).skill).record
    assert heard == ["study.fits.figures"]


def test_stored_scores_are_those_computed_to_the_bit():
    rng = np.random.Generator(np.random.Philox(key=3))
    rows = scored(rng.normal(100, 9, (6, 50)), rng.normal(100, 9, 6), {"target": "net_migration"}, list("abcdef"))
    assert restored(compact(rows)).equals(rows)
    assert compact(rows).estimated_size() < rows.estimated_size() / 2
    ends = (rows[name].to_numpy() for name in ("low_80", "high_80", "actual"))
    beside = scores.interval_score(*ends, 0.8)
    assert rows["interval_score"].to_numpy() == pytest.approx(beside, rel=1e-12)


class Anew(Exception):
    """The account is made anew."""


def anew(*given, **more):
    raise Anew


def heard_of(pack):
    """Which notes are heard, and which stages are told, when the account is asked for and has to be made."""
    heard, told = [], []
    with listening(lambda key, values: heard.append(key)), pytest.raises(Anew):
        account_of(pack, tell=told.append)
    return heard, told


def test_own_figures_are_fitted_anew_and_said(own, monkeypatch):
    monkeypatch.setattr(national, "reconcile", anew)
    place = own / "tables" / "national.csv"
    frame = pl.read_csv(place, infer_schema=False)
    births = (pl.col("indicator") == "births") & (pl.col("year") == "2010")
    assert frame.filter(births).height
    frame.with_columns(value=pl.when(births).then(pl.lit("50001")).otherwise("value")).write_csv(place)
    assert heard_of(open_pack(own)) == (["study.fits.figures"], ["study.fit.account"])


def test_other_code_is_said(own, monkeypatch, capsys):
    monkeypatch.setattr(national, "reconcile", anew)
    monkeypatch.setattr(shipped, "module_digest", lambda module: "other")
    assert heard_of(open_pack(own)) == (["study.fits.code"], ["study.fit.account"])
    assert refit.outdated(open_pack(own)) == dict.fromkeys(NAMES, ("code",))
    assert main(["pack", "fits", str(own), "--check", "--lang", "en"]) == 1
    shown = capsys.readouterr().out
    assert all(part in shown for part in (*NAMES, "made by another version of the program"))


@pytest.mark.parametrize("file", ["account.npz", "fits.json"])
def test_a_damaged_file_is_not_taken(own, monkeypatch, file):
    monkeypatch.setattr(national, "reconcile", anew)
    place = own / "fits" / file
    content = bytearray(place.read_bytes())
    content[len(content) // 2 if file == "account.npz" else 0] ^= 1
    place.write_bytes(content)
    assert heard_of(open_pack(own)) == (["study.fits.damaged"], ["study.fit.account"])


def test_another_setting_or_no_fits_are_no_fault(own, monkeypatch):
    monkeypatch.setattr(national, "reconcile", anew)
    heard = []
    with listening(lambda key, values: heard.append(key)):
        with pytest.raises(Anew):
            national_account(open_pack(own), replace(resolve(open_pack(own)).account, draws=10))
        shutil.rmtree(own / "fits")
        with pytest.raises(Anew):
            national_account(open_pack(own), resolve(open_pack(own)).account)
    assert heard == []


def test_what_is_computed_is_none_of_the_packs_content(own):
    before = open_pack(own).digest()
    shutil.rmtree(own / "fits")
    assert open_pack(own).digest() == before


def test_the_command_writes_what_is_then_taken(own, monkeypatch, capsys):
    """The fits themselves are stored ones: what is tested is how they are written and found."""
    pack = open_pack(own)
    account = read_object(own / "fits" / "account.npz")
    fits = {name: read_object(own / "fits" / f"{name}.npz") for name in NAMES[1:]}
    whole = fits["past_forecasts"]
    record = SimpleNamespace(finished=lambda: replace(whole, forecasts=restored(whole.forecasts)), drawn={})
    monkeypatch.setattr(hindcast, "backtest", lambda *given, **more: record)
    monkeypatch.setattr(hindcast, "cohorts", lambda *given: fits["past_ages"].unpacked())
    monkeypatch.setattr(hindcast, "regional_backtest", lambda *given, **more: restored(fits["past_regions"]))
    monkeypatch.setattr(national, "reconcile", lambda *given: account)
    monkeypatch.setattr(base.ProcessChoices, "fitted", lambda self, name, *given: fits[name])
    shutil.rmtree(own / "fits")
    assert main(["pack", "fits", str(own), "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["fit"] for row in rows] == list(NAMES)
    assert refit.outdated(pack) == {}
    assert digest_of(read_object(own / "fits" / "account.npz")) == digest_of(account)
    for name in PAST[:2]:
        assert digest_of(read_object(own / "fits" / f"{name}.npz")) == digest_of(fits[name])


def test_an_object_with_frames_comes_back(tmp_path):
    account = read_object(open_pack("georgia").path / "fits" / "account.npz")
    write_object(account, tmp_path / "a.npz", packed=True)
    again = read_object(tmp_path / "a.npz")
    assert again.departures.equals(account.departures)
    assert again.table().equals(account.table())
    with pytest.raises(TypeError, match="value"):
        write_object(replace(account, departures=pl.DataFrame({"value": [1.0, None]})), tmp_path / "b.npz")


def test_a_digest_of_figures_rings_at_any_change():
    frame = pl.DataFrame({"country": ["KAZ", "KAZ"], "value": [1.0, 2.0]})
    others = [
        frame.with_columns(value=pl.Series([1.0, 2.0 + 1e-15])), frame.with_columns(country=pl.lit("GEO")),
        frame.rename({"value": "values"}), frame.head(1),
    ]  # fmt: skip
    digests = {frame_digest(frame), frame_digest(frame, 1), *map(frame_digest, others)}
    assert len(digests) == 6
    assert frame_digest(frame.reverse()) == frame_digest(frame)  # joins give rows in any order
    assert FitKey("account", "", "", "qonys.estimation.reconciliation.national").code


@pytest.mark.long
@pytest.mark.parametrize("name", shipped_packs())
def test_a_refit_agrees(name, tmp_path, monkeypatch):
    """To the bit on the machine that made the fits; elsewhere within the error of the draws."""
    monkeypatch.setenv("QONYS_CACHE", str(tmp_path / "cache"))
    kept, copy = open_pack(name).path / "fits", shutil.copytree(open_pack(name).path, tmp_path / name)
    refit.refitted(open_pack(copy))
    index = shipped.index_of(open_pack(name))

    def limit(fit):
        """Four and a half standard errors of the difference of two means, in standard deviations."""
        return 4.5 * np.sqrt(2 / index[fit]["ess"])

    stored, fresh = (read_object(folder / "account.npz") for folder in (kept, copy / "fits"))
    for quantity in ("population", "births", "deaths", "net"):
        one, other = (getattr(each, quantity).astype(float) for each in (stored, fresh))
        assert (np.abs(one.mean(axis=0) - other.mean(axis=0)) <= limit("account") * one.std(axis=0) + 1).all(), quantity
    for process in PROCESS_NAMES:
        one, other = (read_object(folder / f"{process}.npz").posterior for folder in (kept, copy / "fits"))
        for parameter in PARAMETERS:
            a, b = getattr(one, parameter), getattr(other, parameter)
            off = np.abs(a.mean(axis=0) - b.mean(axis=0))
            assert (off <= limit(process) * a.std(axis=0)).all(), (process, parameter)
    stored, fresh = (restored(read_object(folder / "past_forecasts.npz").forecasts) for folder in (kept, copy / "fits"))
    _agree(stored, fresh, "country")
    stored, fresh = (restored(read_object(folder / "past_regions.npz")) for folder in (kept, copy / "fits"))
    _agree(stored, fresh, "region")
    stored, fresh = (read_object(folder / "past_ages.npz").unpacked() for folder in (kept, copy / "fits"))
    _agree(stored.ages, fresh.ages, "country")
    _agree(stored.cells, fresh.cells, "sex")


def _agree(one, other, case):
    """The same cases; medians differ by less than a tenth of the 80 % interval in the mean, coverage by three points."""
    assert one.select(case, "origin", "horizon", "actual").equals(other.select(case, "origin", "horizon", "actual"))
    drawn = one["width_80"].to_numpy() > 0
    off = np.abs(one["median"].to_numpy() - other["median"].to_numpy())[drawn] / one["width_80"].to_numpy()[drawn]
    assert off.mean() < 0.1
    held = [np.mean(np.abs(2 * each["pit"].to_numpy()[drawn] - 1) <= 0.8) for each in (one, other)]
    assert abs(held[0] - held[1]) < 0.03
