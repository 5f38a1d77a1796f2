"""Every option of every command that reads a file: it has an effect always, or where it has none this is said.

An option that is new has to stand in one of the two tables.
"""

import shlex

import pytest
from tests.cli.test_examples import DOCUMENTED, FILES, lines, options
from tests.cli.test_hyphens import commands

from qonys.cli import main
from qonys.cli.app import build_app

READING = {"--sheet", "--encoding", "--delimiter", "--decimal", "--thousands", "--keep", "--multiplier", "--na",
           "--exclude", "--map", "--where", "--file"}  # fmt: skip
DESIGN = {"--weight", "--strata", "--cluster", "--fpc", "--labels", "--missing", "--second", "--fpc-second", "--calibrate",
          "--replicates", "--replicate-type", "--frequency"}  # fmt: skip
DESIGN_IDLE = [
    "--single-psu centre",
    "--calibration linear",
    "--bounds 0.5,2",
    "--fay 0.3",
    "--centre mean",
    "--draws 50",
    "--seed 7",
]
STAYS = "survey settling simulated-survey-stays.csv"
IDENTITY = "survey identity simulated-survey-identity.csv --items"
MOBILITY = "survey mobility simulated-survey-mobility.csv --origin birthplace --destination residence"
# command -> options that always have an effect, or are refused where they have none
ALWAYS = {
    "breaks": {"--table", "--most"},
    "catalog add": {"--as", "--set", "--source", "--source-title", "--status", "--dry-run"},
    "effect": {"--at", "--treated", "--table"},
    "monitor watch": {"--chart", "--chance", "--horizon"},
    "monitor status": {"--as-of", "--against"},
    "monitor nowcast": {"--as-of", "--past"},
    "monitor add": {"--released", "--source-title", "--status", "--indicator", "--rounding", "--gap"},
    "monitor calibrate": {"--base", "--mean", "--dispersion", "--horizon", "--chance"},
    "monitor history": {"--alarms", "--as-of"},
    "monitor score": set(),
    "registers import": {"--as", "--dates", "--until", "--pair-days", "--replace", "--memory"},
    "monitor signposts": {"--scenario", "--set", "--draws", "--horizon", "--seed"},
    "factors": {"--outcome", "--log", "--plain", "--effects", "--errors", "--table", "--engine", "--correct"},
    "flows estimate": {"--vital", "--method", "--missing", "--table"},
    "flows split": {"--vital", "--method", "--missing"},
    "flows balance": {"--net", "--criterion"},
    "flows components": set(),
    "flows residual": {"--rates", "--births", "--deaths", "--reclassified", "--by-move", "--first", "--second", "--mortality"},
    "flows classify": {"--table", "--months", "--home", "--kin", "--rules", "--dates"},
    "indicators": {"--settling"},
    "lifetable": {"--sex", "--by", "--moves", "--table", "--method"},
    "project": {"--draws", "--horizon", "--seed", "--table", "--year", "--measure", "--scenario", "--question", "--regions",
                "--groups", "--ages", "--moments", "--out", "--shard", "--resume", "--unit", "--workers", "--scheduler",
                "--fertility", "--longevity", "--migration", "--mortality", "--dependence", "--population", "--moves",
                "--tfr", "--start", "--mortality-kind", "--migration-kind", "--per", "--timing", "--reference",
                "--sex-ratio", "--set"},
    "schedule fit": {"--table", "--sizes"},
    "segregation": {"--kind", "--areas", "--draws"},
    "survey table": {"--var", "--by", "--kind", "--over", *DESIGN},
    "survey test": {"--var", "--by", "--pairs", *DESIGN},
    "survey trend": {"--wave", "--var", *DESIGN},
    "survey model": {"--var", "--on", "--kind", "--base", "--errors", *DESIGN},
    "survey classes": {"--var", "--count", *DESIGN},
    "survey map": {"--var", "--axes", *DESIGN},
    "survey identity": {"--items", "--table", *DESIGN},
    "survey mobility": {"--origin", "--destination", "--layer", "--table", *DESIGN},
    "survey potential": {"--var", "--answer", "--by", "--low", "--high", *DESIGN},
    "survey adaptation": {"--domain", "--by", "--native", "--reliability", *DESIGN},
    "texts code": {"--codebook", "--table"},
    "texts agree": {"--codebook", "--table", "--level", "--draws", "--seed"},
    "texts frames": {"--codebook", "--table"},
    "survey settling": {"--table", "--labels", "--missing", "--censored", "--frequency"},
}  # fmt: skip
# command -> command line, and options that have no effect in it
IDLE = {
    "behaviour run": {
        "behaviour run --table parameters": [
            "--by region", "--until 2030", "--draws 3", "--seed 2", "--means", "--parameter norm=0", "--micro",
            "--set internal_times=2", "--share 0.5", "--threads 2",
        ],
    },
    "breaks": {
        "breaks series.csv --table years": ["--trend", "--criterion lwz", "--share 0.2", "--lags 1"],
        "breaks series.csv": ["--outliers"],
        "breaks series.csv --table segments": ["--events events.csv", "--lags 1"],
    },
    "monitor watch": {
        "monitor watch simulated-months.csv --chart short": ["--base 60", "--factor 2"],
        "monitor watch simulated-months.csv": ["--cycle 4"],
    },
    "effect": {
        "effect series.csv --at 2008": ["--events events.csv"],
        "effect series.csv --at 2008 --table curve": ["--errors autoregressive"],
        "effect series.csv --at 2008 --table rivals": ["--season 2"],
    },
    "factors": {
        "factors gravity.csv --log distance": ["--group far=distance", "--year year", "--draws 60", "--seed 3"],
        "factors gravity.csv --log distance --errors hetero": ["--clusters origin"],
    },
    "flows estimate": {
        "flows estimate stocks.csv": ["--weight 0.5", "--moves 100", "--births proportional"],
        "flows estimate stocks.csv --method difference_zero": ["--system open", "--imbalance 0.2", "--seed flows.csv"],
    },
    "flows split": {"flows split stocks.csv": ["--weight 0.5", "--moves 100", "--births proportional"],
                    "flows split stocks.csv --system open": ["--imbalance 0.2"],
                    "flows split stocks.csv --method difference_zero": ["--system open", "--seed flows.csv"]},
    "flows balance": {"flows balance flows.csv --net net.csv": ["--axes destination,origin", "departures.csv"]},
    "flows residual": {
        "flows residual counts.csv --rates rates.csv --births births.csv": ["--children", "--draws 60", "--seed 3"],
        "flows residual counts-of-two.csv": ["--kind survival"],
    },
    "flows classify": {"flows classify moves.csv": ["--truth form", "--label un_class"]},
    "indicators": {
        "indicators flows.csv --draws 0": [
            "--neighbours flows.csv", "--households 5", "--seed 3", "--standard standard.csv", "--survivors survivors.csv",
        ],
        "indicators flows.csv --pairs": [
            "--scale 2,3", "--by region", "--draws 60", "--distances gravity.csv", "--areas areas.csv", "--seed 3",
        ],
        "indicators totals.csv --totals": ["--pairs", "--by region", "--draws 60", "--standard standard.csv"],
        "indicators cohorts.csv --settling": ["--totals", "--pairs", "--population population.csv"],
    },
    **{f"survey {name}": {f"survey {name} simulated-survey.csv {rest}": DESIGN_IDLE} for name, rest in {
        "table": "--var intention", "test": "--var intention --by age_group", "trend": "--var intention --wave wave",
        "map": "--var intention --var age_group",
        "adaptation": "--domain work=labour_1,labour_2:1..5 --weight weight",
    }.items()},
    "survey model": {
        "survey model simulated-survey.csv --var settler --on age_group": DESIGN_IDLE,
        "survey model simulated-survey.csv --var years_here --on age_group --kind linear": ["--effects", "--iia", "--reference 1"],
    },
    "survey classes": {
        "survey classes simulated-survey.csv --var motive_work --var motive_study --var motive_family --count 2": [*DESIGN_IDLE, "--most 3"],
        "survey classes simulated-survey.csv --var motive_work --var motive_study --var motive_family --most 2": ["--by age_group"],
    },
    "texts frames": {
        "texts frames simulated-texts.csv": ["--lags 2", "--block 4", "--draws 50", "--seed 7"],
        "texts frames simulated-texts.csv --table years": ["--flows simulated-texts-flow.csv"],
    },
    "survey identity": {
        f"{IDENTITY} tie_1,tie_2,tie_3": [*DESIGN_IDLE, "--outcome would_move", "--answer yes"],
        f"{IDENTITY} tie_1,tie_2,tie_3 --table items": ["--group group"],
        f"{IDENTITY} family,friend --table distance --answer yes": ["--reverse friend"],
    },
    "survey mobility": {MOBILITY: DESIGN_IDLE},
    "survey potential": {
        "survey potential simulated-survey.csv --var intention --answer intends_within_2_3_years --by age_group": [*DESIGN_IDLE, "--source mine"],
    },
    "survey settling": {
        STAYS: ["--on kin", "--most 5"],
        f"{STAYS} --table curve": ["--years 2"],
        f"{STAYS} --table hazard": ["--by kin"],
    },
    "schedule family": {"schedule family fundamental": ["--sex male"], "schedule family": ["--gmr 2"]},
    "survey published": {"survey published --surveys": ["--group x"]},
}  # fmt: skip
TOTAL = "survey table simulated-survey.csv --var years_here --kind total --weight weight --replicate-type bootstrap --draws 20"
IDLE["survey table"][TOTAL] = ["--deff without-replacement"]
OWN = {
    "standard.csv": lines("age,weight", ["0-14,1", "15+,2"]),
    "survivors.csv": lines("age,person_years", ["0-14,1000", "15+,5000"]),
    "areas.csv": lines("region,area", [f"{place},10" for place in "ABCD"]),
    "totals.csv": lines("region,arrivals,departures", ["A,5,6", "B,6,5"]),
    "cohorts.csv": lines("cohort,duration,arrived,remaining", [f"2010,{n},100,{100 - 9 * n}" for n in range(4)]),
    "counts-of-two.csv": lines("region,time,age_start,population", [f"{r},{t},{age},{1000 - 10 * age - (t - 2000) * (r == 'A')}"
                               for r in "AB" for t in (2000, 2005) for age in range(0, 40, 5)]),
}  # fmt: skip
CASES = [
    (command, line, option) for command, found in IDLE.items() for line, given in found.items() for option in given
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("idle")
    for name, text in {**FILES, **OWN}.items():
        (place / name).write_text(text, encoding="utf-8")
    for name in ("moves.csv", "simulated-survey.csv", "simulated-survey-stays.csv", "simulated-survey-mobility.csv",
                 "simulated-survey-identity.csv", "simulated-texts.csv", "simulated-texts-flow.csv", "simulated-months.csv"):  # fmt: skip
        (place / name).write_text((DOCUMENTED / name).read_text(encoding="utf-8"), encoding="utf-8")
    return place


def test_every_option_stands_in_a_table():
    found = {" ".join(path): options(app) for path, app in commands(build_app())}
    left = {}
    for command, names in found.items():
        if "--sheet" in names:
            own = {name for name in names if name.startswith("--") and not name.startswith("--empty-")}
            idle = {option.split()[0] for given in IDLE.get(command, {}).values() for option in given}
            left[command] = sorted(own - READING - {"--multiregional"} - ALWAYS[command] - idle)
    assert len(left) > 15
    assert {command: names for command, names in left.items() if names} == {}


def said(line, folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    monkeypatch.setenv("QONYS_CACHE", str(folder / "cache"))
    main([*shlex.split(line), "--lang", "en", "--format", "csv"])
    return capsys.readouterr().err


@pytest.mark.long
@pytest.mark.parametrize(("command", "line", "option"), CASES)
def test_an_option_without_effect_is_said(command, line, option, folder, monkeypatch, capsys):
    err = said(f"{line} {option}", folder, monkeypatch, capsys)
    name = option.split()[0]
    told = [sentence for sentence in err.splitlines() if "no effect" in sentence]
    assert any(name in sentence or name.removeprefix("--") in sentence for sentence in told), err


@pytest.mark.parametrize(
    ("command", "line", "option"),
    [case for case in CASES if case[0] in ("indicators", "flows balance", "schedule family")],
)
def test_some_options_without_effect_are_said(command, line, option, folder, monkeypatch, capsys):
    test_an_option_without_effect_is_said(command, line, option, folder, monkeypatch, capsys)


@pytest.mark.parametrize(
    "line", sorted({case[1] for case in CASES if case[0] in ("indicators", "breaks", "flows estimate")})
)
def test_nothing_is_said_of_options_that_are_not_given(line, folder, monkeypatch, capsys):
    err = said(line, folder, monkeypatch, capsys)
    assert [sentence for sentence in err.splitlines() if "no effect" in sentence] == []


def test_bounds_are_checked_where_they_have_no_effect(folder, monkeypatch, capsys):
    line = "survey table simulated-survey.csv --var intention --bounds"
    assert "--bounds x is not of the form LOW,HIGH" in said(f"{line} x", folder, monkeypatch, capsys)
    assert "does not include 1" in said(f"{line} 2,3", folder, monkeypatch, capsys)


def test_a_category_that_looks_like_a_total_is_kept(folder, monkeypatch, capsys):
    people = "a,b\n" + "".join(f"{'Total' if n % 3 else 'other'},{n % 2}\n" for n in range(60))
    (folder / "people.csv").write_text(people, encoding="utf-8")
    (folder / "known.csv").write_text("variable,category,total\na,Total,300\na,other,100\n", encoding="utf-8")
    line = "survey table people.csv --var b --calibrate known.csv"
    assert "If it is a category: --keep 'a=Total'" in said(line, folder, monkeypatch, capsys)
    err = said(f"{line} --keep a=Total", folder, monkeypatch, capsys)
    assert "is a total of the other categories" not in err
    assert main([*shlex.split(f"{line} --keep a=Total")]) == 0, err


@pytest.mark.parametrize("option", ["--lang", "--pack", "--format"])
def test_a_common_option_with_two_values_is_refused(option, capsys) -> None:
    """Of `--lang ru --lang kk` one report was written, of the last."""
    first, second = {"--lang": ("en", "kk"), "--pack": ("kazakhstan", "georgia"), "--format": ("csv", "json")}[option]
    assert main((option, first, option, second, "catalog", "list")) == 2
    assert option in capsys.readouterr().err
    assert main((option, first, option, first, "catalog", "list")) == 0
