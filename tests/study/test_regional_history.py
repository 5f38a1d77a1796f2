"""The pack's regional figures: only what its notes explain is left out; how regions strayed."""

from __future__ import annotations

import numpy as np
import pytest

from qonys.catalog import open_pack
from qonys.errors import BadInput
from qonys.projection.regional import backtest as record
from qonys.projection.regional.processes import fit_wander
from qonys.study.analyses.skill import skill_of
from qonys.study.base.history import regional_history, wholes_of


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


@pytest.fixture(scope="module")
def history(pack):
    return regional_history(pack)


def test_only_what_the_notes_explain_is_left_out(history) -> None:
    years = np.array(history.years)
    recounted = np.isin(years, (2008, 2021))
    assert not history.known[recounted].any()
    rest = ~history.known[~recounted]
    assert rest.sum() == 2
    moved = [(int(years[~recounted][t]), history.regions[r]) for t, r in zip(*np.nonzero(rest), strict=True)]
    assert moved == [(2014, "KZ-19"), (2014, "KZ-75")]
    astana = history.regions.index("KZ-71")
    assert history.known[years == 2000, astana].all()  # the new capital filled up: people came
    assert 1000 * history.strayed[0, astana] > 100


def test_the_capital_strays_most_and_does_not_widen_the_others(history) -> None:
    moved, _ = history.fit()
    sds = dict(zip(history.regions, moved.sd, strict=True))
    assert max(sds, key=sds.__getitem__) == "KZ-71"
    without = np.delete(history.strayed, history.regions.index("KZ-71"), axis=1)
    others = [sd for name, sd in sds.items() if name != "KZ-71"]
    assert np.median(others) == pytest.approx(np.median(fit_wander(without).sd), rel=0.15)


def test_the_regions_of_every_vintage_lie_in_an_old_one(pack, history) -> None:
    order = pack.vintages().sort("order")["vintage"].to_list()
    for vintage in order:
        names = tuple(pack.membership().filter(vintage=vintage)["region"])
        found = wholes_of(pack, tuple(name for name in names if name != pack.whole), history.regions)
        assert (found >= 0).all()
    assert history.regions[wholes_of(pack, ("KZ-79",), history.regions)[0]] == "KZ-61"
    assert wholes_of(pack, (pack.whole,), history.regions).tolist() == [-1]


def test_the_record_by_region_as_the_command_gives_it(pack, history, monkeypatch) -> None:
    """The nation's fits, which other tests look after, are put in place: its rates stay as they are."""

    def ahead(past, country, origin, horizon, drawn=None):
        place, now = past.countries.index(country), past.years.index(origin)
        rates = np.array([past.net[place, now], past.natural[place, now]]) / 1000
        return np.repeat(np.repeat(rates[:, None, None], 50, axis=1), horizon, axis=2)

    monkeypatch.setattr(record, "nation_ahead", ahead)
    table = skill_of(pack, "regions", (2013, 2015))
    assert set(table["model"]) == set(record.MODELS)
    assert table.filter(horizon=5, model="process")["n"].to_list() == [32, 32]
    forecasts = skill_of(pack, "regions", (2013,), full=True)
    almaty = forecasts.filter(region="KZ-75", horizon=1, target="net_migration")
    assert almaty.is_empty()  # 2014: a boundary moved
    akmola = forecasts.filter(region="KZ-11", horizon=1, target="net_migration", model="zero")
    place = history.regions.index("KZ-11")
    assert akmola["actual"].item() == pytest.approx(1000 * history.net[history.years.index(2014), place])
    with pytest.raises(BadInput, match="regions"):
        skill_of(pack, "villages")
