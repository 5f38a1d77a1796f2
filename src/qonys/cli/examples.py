"""Lines that show how a command is called: the end of its help."""

from __future__ import annotations

from collections.abc import Mapping

SIMULATED = "qonys survey {} simulated-survey.csv"
# files that commands write, whatever else an example names is a person's own
OF_PACK = frozenset(
    {"flows.csv", "population.csv", "gravity.csv", "departures.csv", "arrivals.csv", "net.csv", "series.csv",
     "events.csv", "groups.csv", "own-population.csv", "own-mortality.csv", "own-fertility.csv", "counts.csv",
     "rates.csv", "births.csv", "table.csv"}
)  # fmt: skip
MADE_UP = frozenset({"moves.csv", "stocks.csv", "stocks-by-code.csv", "vital.csv", "ages.csv"})
OF_SURVEY = frozenset({"simulated-survey.csv", "simulated-survey-stays.csv", "simulated-survey-mobility.csv",
                       "simulated-survey-identity.csv"})  # fmt: skip
IDENTITY = "qonys survey identity simulated-survey-identity.csv"
MOBILITY = "qonys survey mobility simulated-survey-mobility.csv --origin birthplace --destination residence"
DESIGN = "--weight weight --strata stratum --cluster cluster"

# command -> lines; flows.csv and the others have the columns that the help of FILE names
EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "behaviour run": (
        "qonys behaviour run --table parameters",
        "qonys behaviour run --table moves --until 2028 --draws 2 --means",
    ),
    "behaviour calibrate": ("qonys behaviour calibrate", "qonys behaviour calibrate --table years"),
    "behaviour identify": ("qonys behaviour identify", "qonys behaviour identify --table wishes"),
    "behaviour compare": ("qonys behaviour compare --held 1",),
    "breaks": (
        "qonys breaks series.csv",
        "qonys breaks series.csv --table events --events events.csv",
    ),
    "catalog example": ("qonys catalog example .",),
    "catalog add": (
        "qonys catalog add table.csv --as population_regional --source-title \"Annual statistics\" --status official "
        "--dry-run",
    ),
    "course check": (
        "qonys course check balance-answers.csv",
        "qonys course check balance-answers.csv --out class.csv",
    ),
    "course export": ("qonys course export balance --to labs",),
    "course bibliography": (
        "qonys course bibliography --stage 3",
        "qonys course bibliography --as bibtex",
    ),
    "effect": (
        "qonys effect series.csv --at 2008",
        "qonys effect series.csv --at 2008 --table curve",
    ),
    "monitor status": ("qonys monitor status", "qonys monitor status --as-of 2023-03-01"),
    "monitor nowcast": ("qonys monitor nowcast --as-of 2025-09-01", "qonys monitor nowcast --past"),
    "monitor add": ("qonys monitor add simulated-release.csv --released 2026-05-14",),
    "monitor history": ("qonys monitor history --alarms",),
    "monitor watch": (
        "qonys monitor watch simulated-months.csv --base 72",
        "qonys monitor watch simulated-months.csv --base 72 --chart cusum",
        "qonys monitor watch deaths --base 60",
    ),
    "monitor score": ("qonys monitor score",),
    "monitor signposts": ("qonys monitor signposts --set net_add=50000 --horizon 2030",),
    "monitor calibrate": ("qonys monitor calibrate --base 24 --mean 1100 --dispersion 12",),
    "factors": (
        "qonys factors gravity.csv --log distance --effects origin,destination",
        "qonys factors gravity.csv --log distance --where year=2020",
    ),
    "flows balance": (
        "qonys flows balance flows.csv departures.csv arrivals.csv",
        "qonys flows balance flows.csv --net net.csv",
    ),
    "flows classify": ("qonys flows classify moves.csv --table mix",),
    "flows components": (
        "qonys flows components flows.csv",
        "qonys flows components gravity.csv --where year=2020",
    ),
    "flows estimate": (
        "qonys flows estimate stocks.csv",
        "qonys flows estimate stocks-by-code.csv --method pseudo_bayes --map born=birthplace",
    ),
    "flows residual": (
        "qonys flows residual counts.csv --rates rates.csv --births births.csv",
        "qonys flows residual counts.csv --rates rates.csv --where sex=female",
    ),
    "flows split": ("qonys flows split stocks.csv --vital vital.csv",),
    "indicators": (
        "qonys indicators flows.csv --population population.csv",
        "qonys indicators gravity.csv --pairs --where year=2020",
    ),
    "law coverage": ("qonys law coverage", "qonys law coverage --searched"),
    "law effect": ("qonys law effect 477-IV", "qonys law effect 477-IV --outcome net_migration"),
    "law on": ("qonys law on 2026-05-01", "qonys law on 2026-05-01 --regions"),
    "law timeline": ("qonys law timeline --topic labour",),
    "law value": ("qonys law value quota.kandas --date 2026-05-01", "qonys law value mci"),
    "lifetable": ("qonys lifetable own-mortality.csv --where year=2020",),
    "project": (
        "qonys project --population own-population.csv --fertility own-fertility.csv --mortality own-mortality.csv "
        "--horizon 2050",
    ),
    "schedule fit": ("qonys schedule fit ages.csv", "qonys schedule fit ages.csv --table curves --sizes 7"),
    "segregation": (
        "qonys segregation groups.csv",
        "qonys segregation groups.csv --kind places --exclude group=Total",
    ),
    "survey adaptation": (
        SIMULATED.format("adaptation") + " --domain work=labour_1,labour_2:1..5 --weight weight",
    ),
    "survey classes": (
        SIMULATED.format("classes") + " --var motive_work --var motive_study --var motive_family --count 2",
    ),
    "survey example": ("qonys survey example .",),
    "survey map": (SIMULATED.format("map") + " --var intention --var age_group",),
    "survey identity": (
        f"{IDENTITY} --items tie_1,tie_2,tie_3,tie_4 --group group --table invariance",
        f"{IDENTITY} --items family,friend,neighbour,colleague --answer yes --table distance",
    ),
    "survey mobility": (MOBILITY, f"{MOBILITY} --layer generation --table layers"),
    "survey model": (SIMULATED.format("model") + " --var settler --on age_group --weight weight",),
    "survey potential": (
        SIMULATED.format("potential") + " --var intention --answer intends_within_2_3_years --by age_group",
    ),
    "survey settling": (
        "qonys survey settling simulated-survey-stays.csv --by kin",
        "qonys survey settling simulated-survey-stays.csv --table test --by kin",
    ),
    "survey table": (
        SIMULATED.format("table") + f" --var intention --by age_group {DESIGN}",
        SIMULATED.format("table") + " --var years_here --kind mean --missing reason=other",
    ),
    "survey test": (SIMULATED.format("test") + f" --var intention --by age_group {DESIGN}",),
    "texts agree": ("qonys texts agree simulated-texts.csv", "qonys texts agree simulated-texts.csv --table pairs"),
    "texts code": ("qonys texts code simulated-texts.csv --codebook simulated-codebook.csv",),
    "texts frames": (
        "qonys texts frames simulated-texts.csv",
        "qonys texts frames simulated-texts.csv --flows simulated-texts-flow.csv --lags 2",
    ),
    "survey trend": (SIMULATED.format("trend") + " --var intention --wave wave",),
}  # fmt: skip
