"""What the study makes of a pack that holds the United Nations' figures alone."""

import numpy as np
import polars as pl
import pytest

from qonys import words
from qonys.catalog import open_pack
from qonys.cli import main
from qonys.inputs.partners import gross_years, pool_of, turnover
from qonys.inputs.statements import account_span, national_statements
from qonys.study.base.accounts import national_account
from qonys.study.chapters.registry import CHAPTERS, absences, chapter_of
from qonys.study.plan import Account
from qonys.study.runs.results import Results

OTHERS = ("TUR", "KAZ", "DEU", "AFG")
NATIONAL = {"data", "accounts", "ages", "shocks", "projection", "skill", "demographic"}
FEW = """
[account]
draws = 20
kept = 10
[processes]
draws = 20
[projection]
draws = 20
[consequences]
few = 4
[skill]
draws = 20
origins = [2010, 2013]
horizons = [1, 5, 10]
fans = [2010]
"""


@pytest.fixture
def made(new, forms):
    files = (
        forms.ages(range(1950, 2027), more=OTHERS), forms.life(range(1950, 2024)), forms.fertility(range(1950, 2024)),
    )  # fmt: skip
    ended, folder, _, err = new("GEO", "--from-wpp", forms.indicators, *files, "--partners", ",".join(OTHERS))
    assert ended == 0, err
    return open_pack(folder)


def test_the_national_chapters_are_carried(made):
    left_out = absences(made)
    assert {chapter.id for chapter in CHAPTERS} - set(left_out) >= NATIONAL
    assert left_out["forms"].figures == ("forms.csv",)
    assert "ethnic_groups_of_regions" in left_out["stratification"].figures


def test_without_gross_flows_ages_move_with_the_balance(made):
    assert gross_years(made).height == 0
    assert turnover(made, pool_of(made)["mid_year_population"]) == 0.0
    assert turnover(open_pack("kazakhstan"), pool_of(open_pack("kazakhstan"))["mid_year_population"]) > 0


def test_the_account_of_one_model_stays_near_it(made):
    statements, sources = national_statements(made, account_span(made))
    assert sources == ("wpp2024",)
    assert set(statements["quantity"]) == {"population", "births", "deaths", "net_migration"}
    found, _ = national_account(made, Account(60, 20, 20))
    assert found.residual() == 0
    table = found.table().filter(pl.col("quantity") == "population")
    stated = made.table("national").filter(pl.col("indicator") == "mid_year_population")
    both = table.join(stated.select(pl.col("year").cast(table.schema["year"]), "value"), on="year")
    assert np.abs(both["median"] / both["value"] - 1).max() < 0.1


def test_a_country_alone_has_no_record_of_skill(made):
    path = made.path / "tables" / "partners_wpp.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([lines[0], *(line for line in lines if ",GEO," in line)]) + "\n", encoding="utf-8")
    results = Results("test")
    chapter_of("skill").compute(open_pack(made.path), results)
    assert not results.tables


@pytest.mark.long
@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_study_runs_from_cold(made, language, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("QONYS_CACHE", str(tmp_path / "cache"))
    (tmp_path / "study.toml").write_text(FEW, encoding="utf-8")
    arguments = ["--lang", language, "--pack", str(made.path), "study", "--study", str(tmp_path / "study.toml")]
    assert main([*arguments, "--out", str(tmp_path / "out"), "--format", "html"]) == 0
    assert "Traceback" not in capsys.readouterr().err
    page = (tmp_path / "out" / language / "report.html").read_text(encoding="utf-8")
    for chapter in NATIONAL:
        assert words.text(f"chapter.{chapter}", language) in page
