"""The result type: its tables, files, charts, notes, citation, and how it shows itself."""

from __future__ import annotations

import json

import polars as pl
import pytest

import qonys
from qonys.errors import BadInput
from qonys.face.result import Result
from qonys.figures.results import View, chart_of

SEED = {"origin": ["a", "a", "b", "b"], "destination": ["c", "d", "c", "d"], "value": [1, 0, 1, 1]}
MARGINS = [{"origin": ["a", "b"], "value": [30, 70]}, {"destination": ["c", "d"], "value": [40, 60]}]


@pytest.fixture(scope="module")
def raked():
    return qonys.rake(SEED, MARGINS)


def test_tables_in_pandas_polars_and_files(raked, tmp_path):
    assert raked.to_pandas()["value"].sum() == pytest.approx(100)
    path = raked.to_csv(tmp_path / "raked.csv")
    assert pl.read_csv(path)["value"].to_list() == raked.frame["value"].to_list()
    assert raked.table("cells").columns == ["margin", "cell", "reached", "target"]
    with pytest.raises(BadInput, match="cells"):
        raked.table("nowhere")


def test_what_could_not_be_met_is_in_the_notes():
    seed = {**SEED, "value": [1, 0, 1, 0]}
    found = qonys.rake(seed, MARGINS)
    assert any("cannot be met" in note for note in found.notes)
    assert found.table("cells").height > 0
    assert not qonys.rake({**SEED, "value": [1, 1, 1, 1]}, MARGINS).notes


def test_a_result_shows_itself_shortly(raked):
    text = repr(raked)
    assert text.splitlines()[0] == "Table adjusted to margins (raking): 4 × 3 [cells]"
    assert len(text.splitlines()) < 20
    assert "<strong>" in raked._repr_html_()
    assert raked.in_language("ru").title == "Таблица, подогнанная к итогам"
    with pytest.raises(BadInput, match="fr"):
        raked.in_language("fr")


def test_citations_name_method_figures_and_qonys():
    from qonys.catalog import open_pack

    found = Result("rake", pl.DataFrame({"a": [1]}), sources=("wpp2024", "own_file"), pack=open_pack("kazakhstan"))
    lines = found.cite().splitlines()
    assert lines[0].startswith("Deming, W. E.")
    assert "United Nations" in lines[2]
    assert lines[2].endswith("[wpp2024].")
    assert lines[3] == "Source of figures: own_file."
    assert lines[4].startswith("The Qonys developers (2026).")


def test_charts_are_drawn_and_saved(raked, tmp_path):
    chart = raked.plot()
    assert chart.svg().startswith("<svg")
    for suffix in (".svg", ".png", ".pdf", ".json"):
        path = chart.save(tmp_path / f"chart{suffix}")
        assert path.stat().st_size > 500
    assert json.loads((tmp_path / "chart.json").read_text())["layer" if "layer" in chart.spec else "mark"]
    assert "application/vnd.vegalite.v6+json" in chart._repr_mimebundle_()
    with pytest.raises(BadInput, match="svg"):
        chart.save(tmp_path / "chart.doc")
    with pytest.raises(BadInput, match="frame"):
        raked.plot("cells")


def test_a_chart_goes_to_altair(raked):
    altair = pytest.importorskip("altair")
    assert altair.Chart.from_dict(raked.plot().spec).to_dict()["mark"]


def test_axes_speak_three_languages(raked):
    for language, word in (("en", "origin"), ("ru", "место выбытия"), ("kk", "шыққан жер")):
        assert word in json.dumps(raked.in_language(language).plot().spec, ensure_ascii=False)


FRAME = pl.DataFrame(
    {"time": [1, 2] * 2, "value": [1.0, 2, 3, 4], "low": [0.5, 1, 2, 3], "high": [2.0, 3, 4, 5], "group": list("aabb")}
)


@pytest.mark.parametrize(
    ("view", "layers"),
    [
        (View("line", "time", "value", "low", "high", "group"), 2),
        (View("line", "time", "value", colour="group"), 1),
        (View("bars", "group", "value", "low", "high", "time"), 2),
        (View("dots", "value", "group", "low", "high", "time"), 2),
        (View("heat", "time", "group", colour="value"), 1),
        (View("line", "time", "value", "low", "high", "", "group"), 2),
    ],
)
def test_every_kind_of_chart_draws_all_rows(view, layers):
    chart = chart_of(FRAME, view, "made up", "en")
    inner = chart.spec.get("spec", chart.spec)
    assert len(inner.get("layer", [inner])) == layers
    assert [len(rows) for rows in chart.spec["datasets"].values()] == [FRAME.height]
    assert chart.svg().startswith("<svg")


def test_a_file_that_cannot_be_written_is_one_sentence(tmp_path):
    found = qonys.rake({"row": ["a", "b"], "value": [1, 3]}, {"row": ["a", "b"], "value": [10, 20]})
    for write in (found.to_csv, found.plot().save):
        with pytest.raises(BadInput, match="cannot be written: there is no such file or folder"):
            write(tmp_path / "nowhere" / "table.svg")


def test_one_margin_needs_no_list():
    seed, margin = {"row": ["a", "b"], "value": [1, 3]}, {"row": ["a", "b"], "value": [10, 20]}
    assert qonys.rake(seed, margin).frame.equals(qonys.rake(seed, [margin]).frame)
    assert qonys.rake(seed, pl.DataFrame(margin)).frame.equals(qonys.rake(seed, [margin]).frame)


def test_a_country_is_one_line():
    assert repr(qonys.country("georgia")).startswith("<Country GEO: georgia, ")
