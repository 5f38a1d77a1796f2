"""The rules of the typology as statements of SQL, for records that do not fit into memory.

The labels and the rules that gave them are those of `classify`, record for record; what remains possible of a record
with empty columns is told by `classify` alone. The statements are written for DuckDB (ASOF joins, windows by dates).
"""

from __future__ import annotations

from collections.abc import Sequence

from qonys.errors import BadInput
from qonys.measurement.typology.facts import MONTH_DAYS
from qonys.measurement.typology.history import SEASON_DAYS, Windows
from qonys.measurement.typology.rules import LADDERS, UNKNOWN, Condition, RuleTable, standard_rules


def label_statements(
    records: str, home: str, *, kin_groups: Sequence[str] = (), resident_months: float = 12.0,
    windows: Windows | None = None, rules: RuleTable | None = None, keep: Sequence[str] = (),
) -> list[str]:  # fmt: skip
    """Statements that make the table `labelled`: `row`, the columns of `keep`, then X and X_rule of each ladder.

    Parameters
    ----------
    records
        A table or view with the column `row` and all of `records.COLUMNS`, `date` a date, numbers DOUBLE, texts of the
        vocabularies or null.
    home, kin_groups, resident_months, windows, rules
        As for `classify`.
    keep
        Columns of `records` that `labelled` has too.

    Raises
    ------
    BadInput
        `home` is no code of three letters.

    Examples
    --------
    >>> import duckdb
    >>> from qonys.measurement.typology.records import COLUMNS
    >>> con = duckdb.connect()
    >>> given = {"origin_country": "'AAA'", "destination_country": "'BBB'", "cause": "'labour'", "stay_months": "18.0",
    ...     "date": "DATE '2020-01-01'", "prior_moves": "NULL::DOUBLE", "months_away": "NULL::DOUBLE"}
    >>> columns = ", ".join(f"{given.get(name, 'NULL::VARCHAR')} AS {name}" for name in COLUMNS)
    >>> _ = con.execute(f"CREATE TABLE moves AS SELECT 1 AS row, {columns}")
    >>> for statement in label_statements("moves", "BBB"):
    ...     _ = con.execute(statement)
    >>> con.execute("SELECT form, form_rule, duration_class FROM labelled").fetchall()
    [('labour', 'F13', 'long_term')]

    """
    if len(home) != 3 or not (home.isascii() and home.isalpha() and home.isupper()):
        raise BadInput("typology.home", value=home)
    reach, table = windows or Windows(), rules or standard_rules()
    return [*_history(records, home, reach), *_facts(records, home, kin_groups, resident_months, reach, keep),
            *_ladders(table, resident_months, keep)]  # fmt: skip


def _texts(values: Sequence[str]) -> str:
    return ", ".join("'" + value.replace("'", "''") + "'" for value in values)


def whole_months(start: str, end: str) -> str:
    """Complete calendar months between two dates: a month is complete when its day of the month is reached."""
    months = f"(year({end}) - year({start})) * 12 + month({end}) - month({start})"
    return f"({months} - CASE WHEN day({end}) < day({start}) THEN 1 ELSE 0 END)::DOUBLE"


def _one_a_day(rows: str) -> str:
    """One row per person, spot and day; several goals of one day have no order, so that none is kept."""
    one = "count(DISTINCT goal) + (count(*) > count(goal))::INT = 1"
    return f"SELECT person, spot, date, CASE WHEN {one} THEN any_value(goal) END AS goal FROM ({rows}) GROUP BY ALL"


def _history(records: str, home: str, windows: Windows) -> list[str]:
    """Tables of the rows with a person and a date: what the other records of the person show."""
    crossing = "origin_country <> destination_country"
    spot = "CASE WHEN {0} THEN {1}_country WHEN NOT ({0}) THEN {1}_country || '/' || {1} END"
    left, reached = (spot.format(crossing, end) for end in ("origin", "destination"))
    used = (
        "CREATE TEMP TABLE used AS SELECT row, person, date, origin, origin_country, destination_country, stay_months, "
        f"{crossing} AS crossing, {left} AS left_spot, {reached} AS reached, "
        f"({crossing}) AND (origin_country = '{home}' OR destination_country = '{home}') AS border, "
        f"(rank() OVER (PARTITION BY person ORDER BY date) - 1)::DOUBLE AS earlier FROM {records} "
        "WHERE person IS NOT NULL AND date IS NOT NULL"
    )
    goes = (
        "SELECT person, date, left_spot AS spot, destination_country AS goal FROM used WHERE crossing UNION ALL "
        "SELECT person, date, origin_country || '/' || origin, destination_country FROM used "
        "WHERE crossing IS NOT NULL AND origin_country || '/' || origin IS NOT NULL"
    )
    comes = "SELECT person, date, reached AS spot, origin_country AS goal FROM used WHERE crossing"
    nearest = (
        "CREATE TEMP TABLE nearest AS SELECT u.*, b.date AS left_before, a.date AS left_after, a.goal AS gone_to, "
        "c.date AS came, c.goal AS came_from, s.date AS season_before FROM used u "
        "ASOF LEFT JOIN leaving b ON u.person = b.person AND u.reached = b.spot AND u.date > b.date "
        "ASOF LEFT JOIN leaving a ON u.person = a.person AND u.reached = a.spot AND u.date < a.date "
        "ASOF LEFT JOIN coming c ON u.person = c.person AND u.left_spot = c.spot AND u.date > c.date "
        "ASOF LEFT JOIN (SELECT DISTINCT person, date, reached FROM used WHERE reached IS NOT NULL) s "
        f"ON u.person = s.person AND u.reached = s.reached AND u.date - {SEASON_DAYS[0] - 1} > s.date"
    )
    return [
        used, f"CREATE TEMP TABLE leaving AS {_one_a_day(goes)}",
        f"CREATE TEMP TABLE coming AS {_one_a_day(comes)}", nearest, _shown(home, windows),
    ]  # fmt: skip


def _shown(home: str, windows: Windows) -> str:
    """The table `shown`: the columns of `history.histories`."""
    entry = (
        f"crossing AND destination_country = '{home}' AND gone_to <> origin_country "
        f"AND left_after - date <= {windows.transit_days}"
    )
    onward = (
        f"crossing AND origin_country = '{home}' AND came_from <> destination_country "
        f"AND date - came <= {windows.transit_days}"
    )
    season = f"CASE WHEN reached IS NOT NULL THEN coalesce(date - season_before <= {SEASON_DAYS[1]}, false) END"
    span = (
        f"PARTITION BY person ORDER BY date RANGE BETWEEN INTERVAL '{windows.circular_years} years -1 days' PRECEDING"
    )
    window = f"OVER ({span} AND CURRENT ROW)"
    long = f"coalesce(stay_months, next_months) >= {windows.circular_stay}"
    enough = (
        f"CASE WHEN sum(coalesce(border AND {long}, false)::INT) {window} >= {windows.circular_moves} THEN true "
        f"WHEN sum(coalesce(border AND {long}, true)::INT) {window} < {windows.circular_moves} THEN false END"
    )
    months = f"SELECT *, {whole_months('date', 'left_after')} AS next_months FROM nearest"
    return (
        "CREATE TEMP TABLE shown AS SELECT row, earlier, "
        "CASE WHEN left_before IS NOT NULL THEN true END AS seen_before, "
        f"{whole_months('left_before', 'date')} AS gap_months, next_months, ({entry}) OR ({onward}) AS transit, "
        f"{season} AS season, border AND ({enough}) AS circular FROM ({months})"
    )


def _facts(
    records: str, home: str, kin: Sequence[str], resident: float, windows: Windows, keep: Sequence[str]
) -> list[str]:
    """The table `facts` with the columns of `facts.SOURCES`."""
    plain = ("cause", "volition", "legal_status", "refugee_status", "repatriate_status", "pattern")
    kept = "".join(f'r."{name}" AS "kept_{name}", ' for name in keep)
    belongs = f"ethnic_group IN ({_texts(kin)})" if kin else "false"
    base = (
        f"SELECT r.row, {kept}{', '.join('r.' + name for name in plain)}, "
        "origin_country <> destination_country AS crosses, "
        f"origin_country = '{home}' AS from_home, destination_country = '{home}' AS to_home, "
        f"citizenship = '{home}' AS citizen, birth_country = '{home}' AS born_home, {belongs} AS kin, "
        "coalesce(stay_months, next_months) AS stay, greatest(prior_moves, earlier) AS earlier_moves, "
        "coalesce(r.months_away, gap_months) AS months_away, "
        "coalesce(seen_before, lived_at_destination = 'yes') AS lived_before, season AS same_season, transit, circular "
        f"FROM {records} r LEFT JOIN shown USING (row)"
    )
    against = (
        "NOT crosses OR (NOT from_home AND NOT to_home) OR citizen OR pattern IS NOT NULL "
        f"OR (to_home AND stay * {MONTH_DAYS!r} > {windows.transit_days})"
    )
    in_transit = f"CASE WHEN transit AND NOT coalesce(citizen, false) THEN true WHEN {against} THEN false END"
    settles = f"coalesce(stay >= {resident}, CASE WHEN pattern = 'permanent' THEN true END)"
    return [f"CREATE TEMP TABLE facts AS SELECT *, {in_transit} AS in_transit, {settles} AS settles FROM ({base})"]


def _ladders(table: RuleTable, resident: float, keep: Sequence[str]) -> list[str]:
    """The table `labelled`, one query within another, as later ladders ask for earlier labels."""
    query = "facts"
    for ladder, column in LADDERS.items():
        rules = table.ladder(ladder)
        tests = [" AND ".join(_test(fact, wanted, resident) for fact, wanted in rule.when.items()) for rule in rules]
        query = (
            f"(SELECT *, {_case(tests, [rule.label for rule in rules])} AS {column}, "
            f"{_case(tests, [rule.id for rule in rules])} AS {column}_rule FROM {query})"
        )
    kept = "".join(f'"kept_{name}" AS "{name}", ' for name in keep)
    answers = ", ".join(f"coalesce({column}, '{UNKNOWN}') AS {column}, {column}_rule" for column in LADDERS.values())
    return [f"CREATE TEMP TABLE labelled AS SELECT row, {kept}{answers} FROM {query}"]


def _case(tests: Sequence[str], answers: Sequence[str]) -> str:
    if not tests:
        return "NULL::VARCHAR"
    arms = " ".join(f"WHEN {test} THEN {_texts([answer])}" for test, answer in zip(tests, answers, strict=True))
    return f"CASE {arms} END"


def _test(fact: str, wanted: Condition, resident: float) -> str:
    if isinstance(wanted, bool):
        return fact if wanted else f"(NOT {fact})"
    if all(isinstance(part, str) for part in wanted):
        return f"{fact} IN ({_texts([str(part) for part in wanted])})"
    low, below = (resident if bound == -1 else bound for bound in wanted)
    bounds = [f"{fact} >= {low}"] if low is not None else []
    return " AND ".join([*bounds, *([f"{fact} < {below}"] if below is not None else [])])
