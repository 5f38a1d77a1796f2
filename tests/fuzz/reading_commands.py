"""Every command that reads a file: a sound table for each file it reads, and its options with possible and hostile values."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import exp
from pathlib import Path

from .broken_files import PLACES, Table

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
PAIRS = [(a, b) for a in PLACES for b in PLACES if a != b]


def rows(head, *lines):
    """A table of lines."""
    return Table.of("\n".join([head, *lines]))


def some(name, step=1, most=None):
    """Rows of an example of the documentation, one of every `step`."""
    lines = (EXAMPLES / name).read_text(encoding="utf-8").splitlines()
    return Table.of("\n".join([lines[0], *lines[1::step][:most]]))


FLOWS = rows("origin,destination,value", *(f"{a},{b},{10 + 7 * n}" for n, (a, b) in enumerate(PAIRS)))
PEOPLE = rows("region,population", "A,1000", "B,2000", "C,1500")
FAR = rows("origin,destination,distance", *(f"{a},{b},{1000 * (n + 1)}" for n, (a, b) in enumerate(PAIRS)))
ARRIVED = rows("region,arrivals,departures", "A,10,12", "B,20,15", "C,9,12")
COHORTS = rows("cohort,duration,arrived,remaining", "2000,0,100,100", "2000,1,100,80", "2001,0,90,90", "2001,1,90,70")
STOCKS = rows("time,birthplace,residence,value", *(f"{t},{a},{b},{100 + 10 * n + (t - 2000) * (a == b)}" for t in (2000, 2005)
              for n, (a, b) in enumerate([(a, b) for a in PLACES for b in PLACES])))  # fmt: skip
NET = rows("region,value", "A,5", "B,-2", "C,-3")
MARGIN = rows("origin,value", "A,40", "B,90", "C,120")
AGES = rows("age,value", *(f"{age},{0.02 * exp(-age / 9) + 0.07 * exp(-(age - 20) / 9 - exp(-(age - 20) / 2.5)) + 0.003:.6f}" for age in range(65)))
SEXES, STARTS = ("female", "male"), range(0, 40, 5)
COUNTS = rows("time,sex,age_start,population", *(f"{t},{s},{age},{1000 - 10 * age - (t - 2000)}" for t in (2000, 2005) for s in SEXES
              for age in STARTS))  # fmt: skip
RATES = rows("sex,age_start,value", *(f"{s},{age},0.01" for s in SEXES for age in (0, 1, *STARTS[1:])))
BIRTHS = rows("sex,value", "female,250", "male,260")
DYING = rows("region,age,deaths,population", *(f"{r},{age},{20 + age},1000" for r in "AB" for age in STARTS))
MOVED = rows("origin,destination,age,value", *(f"A,B,{age},12" for age in STARTS))
STARTED = rows("sex,age,value", *(f"{s},{age},{1000 - 10 * age}" for s in SEXES for age in STARTS))
MOTHERS = rows("age,value", *(f"{age},0.1" for age in (15, 20, 25, 30)))
MIGRANTS = rows("sex,age,value", *(f"{s},{age},{age - 12}" for s in SEXES for age in STARTS))
SERIES = rows("time,value", *(f"{year},{10 if year < 2008 else 20 + year % 3}" for year in range(1995, 2021)))
RELEASES = rows("year,months,value", *(f"{year},{month},{100 * month + 7 * (year % 3)}" for year in (2021, 2022, 2023) for month in (3, 6, 12)))
NEW_RELEASE = rows("year,months,value,indicator", "2026,3,5200,immigrants", "2026,3,1300,emigrants")
DAYS = ("2023-03-01", "2026-06-01", "2023-02-30", "x", "", "2023")
COUNTED = rows("year,month,value", *(f"{2015 + t // 12},{t % 12 + 1},{90 + 7 * (t % 5)}" for t in range(80)))
EVENTS = rows("id,start,end", "war,2008,2009", "law,2001,2001")
GRAVITY = rows("origin,destination,value,dist,year", *(f"{a},{b},{9 + 5 * n},{100 * (n + 1)},2020" for n, (a, b) in enumerate(PAIRS)))
GROUPS = rows("region,group,value", *(f"{a},{g},{10 + 3 * n}" for n, (a, g) in enumerate([(a, g) for a in PLACES for g in "xyz"])))
REGIONS = rows("region,year,sex,area,value", "KZ-61,2019,both,total,1983500", "KZ-63,2019,both,total,1378500")
MOVES = some("moves.csv", most=8)
SURVEY = some("simulated-survey.csv", 13)
STAYS = some("simulated-survey-stays.csv", most=40)
LABELS = some("simulated-survey-labels-en.csv")
TOTALS = some("totals.csv")
SCALES = some("simulated-survey-identity.csv", 9)
ORIGINS = some("simulated-survey-mobility.csv", 9)
CODINGS = some("simulated-texts.csv", most=60)
CODEBOOK = some("simulated-codebook.csv")
YEARLY = some("simulated-texts-flow.csv")
RECORDS = some("simulated-register.csv", most=30)

NUMBERS = ("0", "1", "2", "-1", "3", "0.5", "1e12", "99999999999999999999", "nan", "inf", "-inf", "x", "", "2,3", "5")
WORDS = ("", "x", "total", "value", "A", "none", "all", "{0}", "a=b", "=", "a=", "=b", "A^B", "1,2", "x" * 300, "Ñ")
READING = (
    ("--decimal", (".", ",", "x")), ("--thousands", (",", "space", "x", "none")), ("--encoding", ("utf-8", "cp1251", "x", "rot13", "utf-16")),
    ("--delimiter", (";", ",", "tab", "xx", "")), ("--sheet", ("Sheet", "Other", "")), ("--keep", ("origin=A", "x=1", "A", "=", "region=")),
)  # fmt: skip
WRITING = (
    *READING, ("--na", ("-", "value=..", "x=y", "", "=")), ("--multiplier", ("1000", "0", "-1", "nan", "x", "1e400")),
    ("--exclude", ("origin=A", "region=A", "x=1", "")),
)  # fmt: skip
FILE = (
    *WRITING, ("--map", ("value=value", "x=value", "origin=destination", "=", "*=origin", "a=b=c")),
    ("--where", ("origin=A", "year=2020", "x=1", "", "value=", "origin=A|B")),
)  # fmt: skip
OF_RECORDS = tuple(one for one in FILE if one[0] in ("--encoding", "--delimiter", "--sheet", "--na", "--map", "--where"))
DRAWS, SEED = ("--draws", NUMBERS), ("--seed", NUMBERS)
DESIGN = (
    *READING, ("--weight", ("weight", "x", "id", "")), ("--strata", ("stratum", "x", "weight")), ("--cluster", ("cluster", "x", "id")),
    ("--fpc", ("stratum", "weight", "x")), ("--single-psu", ("refuse", "adjust", "certainty", "x")),
    ("--missing", ("reason=other", "x=1", "reason", "=")), ("--replicate-type", ("jk1", "bootstrap", "brr", "x")), ("--replicates", ("weight", "x")),
    ("--fay", NUMBERS), ("--draws", ("2", "0", "-1", "x")), ("--frequency", ("labour_1", "weight", "x")), ("--bounds", ("0.5,2", "2,0.5", "x", "nan,1", "1")),
    ("--calibration", ("raking", "linear", "logit", "x")), ("--second", ("id", "x")),
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A command: words before its file, the table of that file, companion files by option, options
    that are drawn; `accompanied`: it needs its companions."""

    words: tuple[str, ...]
    table: Table
    companions: dict[str, Table] = field(default_factory=dict)
    options: tuple[tuple[str, tuple[str, ...]], ...] = FILE
    after: tuple[str, ...] = ()
    accompanied: bool = False


def survey(words, *after, companions=None, options=()):
    """A command of `survey` with its usual variables."""
    usual = {"--labels": LABELS, "--calibrate": TOTALS}
    return Asked(("survey", *words), SURVEY, usual if companions is None else companions, (*DESIGN, *options), after)


COMMANDS = (
    Asked(("indicators",), FLOWS, {"--population": PEOPLE, "--distances": FAR}, (*FILE, SEED, ("--by", WORDS), ("--scale", ("2", "2,3", "0", "99", "x"))), ("--draws", "20")),
    Asked(("indicators", "--pairs"), FLOWS, {"--population": PEOPLE}),
    Asked(("indicators", "--totals"), ARRIVED, {"--population": PEOPLE}),
    Asked(("indicators", "--settling"), COHORTS),
    Asked(("flows", "estimate"), STOCKS, {"--seed": FLOWS}, (*FILE, ("--method", ("minimum", "pseudo_bayes", "closed", "x")), ("--system", ("closed", "open", "x")),
          ("--weight", NUMBERS), ("--missing", ("error", "zero", "x")), ("--moves", NUMBERS), ("--imbalance", NUMBERS), ("--births", ("native", "x")), ("--table", WORDS))),
    Asked(("flows", "split"), STOCKS),
    Asked(("flows", "balance"), FLOWS, {"--net": NET}, accompanied=True),
    Asked(("flows", "balance"), FLOWS, {"": MARGIN}, (*FILE, ("--axes", ("origin,destination", "x", "", "origin"))), accompanied=True),
    Asked(("flows", "components"), FLOWS),
    Asked(("flows", "residual"), COUNTS, {"--rates": RATES, "--births": BIRTHS}, (*FILE, SEED, ("--kind", ("rates", "survival", "x")), ("--first", NUMBERS),
          ("--second", NUMBERS), ("--mortality", NUMBERS)), ("--draws", "40"), accompanied=True),
    Asked(("flows", "classify"), MOVES, {}, (*FILE, ("--table", ("records", "mix", "confusion", "x")), ("--truth", ("form_by_hand", "id", "x")), ("--months", NUMBERS),
          ("--home", ("KAZ", "kz", "")), ("--kin", ("kazakh", "x,y")), ("--label", ("form", "un", "x")))),
    Asked(("schedule", "fit"), AGES, {}, (*FILE, ("--table", ("parameters", "models", "curves", "indices", "x")), ("--sizes", ("7", "9", "0", "x", "8", "7,7")))),
    Asked(("breaks",), SERIES, {"--events": EVENTS}, (*FILE, ("--table", ("breaks", "tests", "segments", "selection", "events", "years", "effects", "shares", "x")),
          ("--share", NUMBERS), ("--most", NUMBERS), ("--lags", NUMBERS), ("--criterion", ("bic", "lwz", "x")))),
    Asked(("monitor", "status"), RELEASES),
    Asked(("monitor", "history"), RELEASES, {}, (*FILE, ("--as-of", DAYS))),
    Asked(("monitor", "score"), RELEASES),
    Asked(("monitor", "nowcast"), RELEASES, {}, (*FILE, ("--as-of", DAYS))),
    Asked(("monitor", "add"), NEW_RELEASE, {}, (*FILE, ("--released", DAYS), ("--status", ("official", "x")), ("--indicator", ("arrivals", "", "x")), ("--rounding", NUMBERS))),
    Asked(("monitor", "watch"), COUNTED, {}, (*FILE, ("--chart", ("cusum", "farrington", "short", "x")), ("--cycle", NUMBERS), ("--base", NUMBERS), ("--chance", NUMBERS))),
    Asked(("registers", "import"), RECORDS, {}, (*OF_RECORDS, ("--dates", ("day-first", "month-first", "x")), ("--until", DAYS), ("--pair-days", NUMBERS)),
          ("--as", "fuzz", "--replace")),
    Asked(("effect",), SERIES, {"--events": EVENTS}, (*FILE, ("--table", ("effect", "path", "curve", "rivals", "donors", "x")), ("--treated", ("x", "")),
          ("--errors", ("autoregressive", "x")), ("--season", NUMBERS)), ("--at", "2008")),
    Asked(("factors",), GRAVITY, {}, (*FILE, SEED, ("--outcome", ("value", "dist", "x")), ("--effects", ("origin", "origin,destination", "x", "year")), ("--plain", ("year", "x")),
          ("--clusters", ("origin", "x", "")), ("--group", ("far=dist", "x=", "=")), ("--year", ("year", "x")), ("--table", ("terms", "shares", "x"))), ("--log", "dist")),
    Asked(("segregation",), GROUPS, {}, (*FILE, ("--kind", ("indices", "groups", "pairs", "quotients", "places", "x"))), ("--draws", "20")),
    Asked(("catalog", "add"), REGIONS, {}, (*WRITING, ("--map", ("value=value", "x=y", "=")), ("--set", ("area=total", "x=y", "=", "year=24")), ("--status", ("official", "x"))),
          ("--as", "population_regional", "--source-title", "T", "--status", "official", "--dry-run")),
    Asked(("lifetable",), RATES, {}, (*FILE, ("--sex", ("female", "x")), ("--by", ("sex", "x", "region")), ("--table", WORDS), ("--method", ("exponential", "x")))),
    Asked(("lifetable",), DYING, {"--moves": MOVED}, (*FILE, ("--table", ("table", "expectation", "transitions", "x")), ("--method", ("exponential", "x")), ("--sex", ("male",))), accompanied=True),
    Asked(("project", "--population"), STARTED, {"--fertility": MOTHERS, "--mortality": RATES, "--migration": MIGRANTS},
          (*FILE, ("--mortality-kind", ("rates", "lived", "survivors", "x")), ("--migration-kind", ("numbers", "rates", "x")), ("--per", ("fertility=1000", "x=1", "mortality=nan")),
           ("--timing", ("even", "end", "x")), ("--reference", ("january", "midyear", "x")), ("--sex-ratio", NUMBERS), ("--regions", WORDS), ("--table", WORDS)), ("--horizon", "2030", "--start", "2020"), accompanied=True),
    survey(("table", "--var", "intention"), options=(("--by", ("age_group", "x", "weight")), ("--kind", ("share", "mean", "total", "median", "x")))),
    survey(("table", "--var", "labour_1", "--kind", "mean")),
    survey(("test", "--var", "intention", "--by", "age_group")),
    survey(("trend", "--var", "intention"), options=(("--wave", ("wave", "x", "id")),)),
    survey(("model", "--var", "settler", "--on", "age_group"), options=(("--kind", ("multinomial", "logit", "ordered", "linear", "x")), ("--reference", ("native", "x"))), companions={}),
    survey(("classes", "--var", "motive_work", "--var", "motive_study", "--var", "motive_family"), "--count", "2", companions={}),
    survey(("map", "--var", "intention", "--var", "age_group"), companions={}),
    survey(("potential", "--var", "intention", "--answer", "intends_within_2_3_years", "--by", "age_group"), options=(("--low", NUMBERS), ("--high", NUMBERS))),
    survey(("adaptation", "--domain", "work=labour_1,labour_2:1..5"), companions={}),
    Asked(("survey", "identity"), SCALES, {}, (*DESIGN, ("--table", ("reliability", "items", "invariance", "means", "functioning", "outcome", "distance", "x")),
          ("--items", ("family", "x", "")), ("--reverse", ("tie_2", "x")), ("--group", ("group", "x", "tie_1")), ("--outcome", ("would_move", "x", "tie_1")), ("--answer", ("yes", "x"))),
          ("--items", "tie_1,tie_2,tie_3,tie_4")),
    Asked(("survey", "mobility"), ORIGINS, {}, (*DESIGN, ("--table", ("outflow", "inflow", "rates", "odds", "models", "layers", "x")), ("--layer", ("generation", "x", "id"))),
          ("--origin", "birthplace", "--destination", "residence")),
    Asked(("texts", "code"), CODINGS, {"--codebook": CODEBOOK}, (*FILE, ("--table", ("codes", "coders", "single", "x")))),
    Asked(("texts", "agree"), CODINGS, {"--codebook": CODEBOOK}, (*FILE, SEED, ("--table", ("alpha", "pairs", "x")), ("--level", ("nominal", "ordinal", "interval", "x"))), ("--draws", "20")),
    Asked(("texts", "frames"), CODINGS, {"--codebook": CODEBOOK, "--flows": YEARLY}, (*FILE, SEED, ("--table", ("years", "lags", "x")), ("--lags", NUMBERS), ("--block", NUMBERS))),
    Asked(("survey", "settling"), STAYS, {}, (*READING, ("--table", ("after", "curve", "ends", "hazard", "test", "x")), ("--by", ("kin", "x", "years")), ("--on", ("kin", "x")),
          ("--years", NUMBERS), ("--most", NUMBERS), ("--censored", ("return", "x")), ("--missing", ("end=return", "x")))),
)  # fmt: skip


def text_of(table):
    """A table as CSV."""
    return "".join(",".join(row) + "\n" for row in (table.header, *table.rows))


def sound_files(asked):
    """Name and text of sound files for a command: the first for its own file, the others for its companions."""
    tables = (asked.table, *asked.companions.values())
    return {f"{place}-sound.csv": text_of(table) for place, table in enumerate(tables)}


GROUPS = ("flows", "schedule", "catalog", "survey", "project", "texts", "monitor", "registers")


def line_of(asked, name, files):
    """Arguments of a command on the file `name`, with the sound companions of `files` that it needs."""
    words = [*asked.words[:2], name, *asked.words[2:], *asked.after]
    if asked.words[0] not in GROUPS:
        words = [asked.words[0], name, *asked.words[1:], *asked.after]
    for option, companion in zip(asked.companions, list(files)[1:], strict=True):
        if asked.accompanied:
            words += [option, companion] if option else [companion]
    return words
