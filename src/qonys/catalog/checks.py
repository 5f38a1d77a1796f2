"""The checks of a pack: each applies one pure rule to the tables it is about.

`CHECKS` is the list; a new check is one function here and one entry. Each has a test that plants
the fault it must find.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from qonys.catalog.axes import FREE, LABELLED, axes_of
from qonys.catalog.comparisons import declared_comparisons
from qonys.catalog.country import FILE as COUNTRY
from qonys.catalog.country import country_findings
from qonys.catalog.course import FILE as COURSE
from qonys.catalog.course import course, course_findings
from qonys.catalog.figures import figure_findings, figure_specs, table_and_rows
from qonys.catalog.filters import filtered, split_conditions
from qonys.catalog.group_parts import FILE as GROUP_PARTS
from qonys.catalog.group_parts import group_parts, group_parts_findings
from qonys.catalog.pack import Pack
from qonys.catalog.parsing import read_texts, typed
from qonys.catalog.rules import columns, coverage, regions, shares, sums
from qonys.catalog.rules.findings import Finding
from qonys.catalog.schema import Resource
from qonys.catalog.proposals import FILE as PROPOSALS
from qonys.catalog.proposals import proposal_findings, proposals
from qonys.catalog.sentences import FILE as SENTENCES
from qonys.catalog.proposals import FILE as PROPOSALS
from qonys.catalog.proposals import proposal_findings, proposals
from qonys.catalog.sentences import pack_sentences, sentence_findings
from qonys.catalog.uncounted import FILE as UNCOUNTED
from qonys.catalog.uncounted import uncounted_findings, uncounted_forms
from qonys.errors import BadInput, QonysError


@dataclass(frozen=True)
class Result:
    """What a check found in one file or declared series; `tested` counts rows or groups looked at.

    `notes` tell of published figures that contradict each other; they are no faults of the pack.
    """

    check: str
    where: str
    tested: int
    findings: tuple[Finding, ...]
    notes: tuple[Finding, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


@dataclass(frozen=True)
class Check:
    """A named check over a pack."""

    name: str
    run: Callable[[Pack], Iterator[Result]]


def run_checks(pack: Pack, names: Sequence[str] | None = None) -> tuple[Result, ...]:
    """Results of all checks, or of the named ones, in the order of `CHECKS`.

    A file that cannot be read by its schema is reported by the check `types`; the other checks
    leave it out, because there is nothing they could look at.
    """
    return tuple(
        result for check in CHECKS if names is None or check.name in names for result in check.run(pack)
    )


def readable(pack: Pack) -> Iterator[tuple[Resource, pl.DataFrame]]:
    """The table files of a pack that fit their schema."""
    for resource in pack.resources:
        if resource.table:
            try:
                yield resource, pack.file_frame(resource)
            except BadInput:
                continue


def _types(pack: Pack) -> Iterator[Result]:
    for resource in pack.resources:
        found: list[Finding] = []
        rows = 0
        try:
            texts = read_texts(pack.path / resource.path, resource.path)
            rows = texts.height
            _, faults = typed(texts, resource.fields)
            for fault in faults:
                values = {
                    "path": resource.path,
                    "row": fault.index + 2,
                    "column": fault.column,
                    "value": fault.value,
                }
                found.append(Finding(f"catalog.type.{fault.expected}", values, fault.index, fault.column))
            if not faults:
                pack.file_frame(resource)
        except QonysError as error:
            found.append(Finding(error.key, error.values))
        yield Result("types", resource.path, rows, tuple(found))


def _each(name: str, rule: Callable[[Pack, Resource, pl.DataFrame], tuple[Finding, ...]]) -> Check:
    """A check that applies `rule` to every table file."""

    def run(pack: Pack) -> Iterator[Result]:
        for resource, frame in readable(pack):
            yield Result(name, resource.path, frame.height, rule(pack, resource, frame))

    return Check(name, run)


def _key(pack: Pack, resource: Resource, frame: pl.DataFrame) -> tuple[Finding, ...]:
    return columns.key_unique(frame, resource.primary_key or (*resource.statement_key(), "source"))


def _required(pack: Pack, resource: Resource, frame: pl.DataFrame) -> tuple[Finding, ...]:
    wanted = [item.name for item in resource.fields if item.required]
    return columns.required(frame, [*wanted, *(name for name in ("status", "source") if name not in wanted)])


def _limits(pack: Pack, resource: Resource, frame: pl.DataFrame) -> tuple[Finding, ...]:
    return columns.within_limits(frame, resource.fields)


def _status(pack: Pack, resource: Resource, frame: pl.DataFrame) -> tuple[Finding, ...]:
    return columns.status_known(frame, resource.kind)


def _source(pack: Pack, resource: Resource, frame: pl.DataFrame) -> tuple[Finding, ...]:
    return columns.codes_known(frame, "source", pack.sources()["id"].to_list(), "catalog.rule.source")


def _region(pack: Pack, resource: Resource, frame: pl.DataFrame) -> tuple[Finding, ...]:
    known = pack.regions()["region"].to_list()
    unknown = tuple(
        finding
        for name in resource.region_columns
        for finding in columns.codes_known(frame, name, known, "catalog.rule.region")
    )
    return (*unknown, *regions.covered(frame, pack.not_covered(), resource.region_columns))


def _vintage(pack: Pack, resource: Resource, frame: pl.DataFrame) -> tuple[Finding, ...]:
    named = pack.labels().filter(pl.col("axis") == "vintage")["code"].to_list()
    known = columns.codes_known(frame, "vintage", [*pack.vintages()["vintage"], *named])
    own = resource.region_columns
    return known or regions.region_in_vintage(frame, pack.membership(), pack.vintages(), own)


def _dates(pack: Pack, resource: Resource, frame: pl.DataFrame) -> tuple[Finding, ...]:
    return (*columns.dates_in_order(frame), *columns.dates_in_order(frame, "age_start", "age_end"))


def _labels(pack: Pack, resource: Resource, frame: pl.DataFrame) -> tuple[Finding, ...]:
    known: dict[str, set[str]] = {}
    for axis, code in pack.labels().select("axis", "code").rows():
        known.setdefault(axis, set()).add(code)
    found: list[Finding] = []
    for name in frame.columns:
        axes = axes_of(name)
        named = name in LABELLED or (name not in FREE and any(axis in known for axis in axes))
        if named and name not in resource.region_columns:
            codes = set[str]().union(*(known.get(axis, set()) for axis in axes))
            found.extend(columns.codes_known(frame, name, codes, "catalog.rule.label"))
    return tuple(found)


def _sums(pack: Pack) -> Iterator[Result]:
    for row in pack.descriptive("identities").iter_rows(named=True):
        identity = sums.Identity(
            row["id"], row["axis"], row["total"], tuple(row["parts"].split(";")), row["tolerance"] or 0.0
        )
        table, where = table_and_rows(pack, row["figure"], row["where"])
        frame = _usable(pack, table)
        if frame is None:
            continue
        chosen = filtered(frame, split_conditions(where))
        checked = sums.parts_sum(chosen, identity, pack.membership())
        nothing = (Finding("catalog.rule.sum_untested", {"id": identity.id}),) if not checked.tested else ()
        yield Result("sums", f"{row['figure']}: {row['id']}", checked.tested, checked.findings or nothing)


def _shares(pack: Pack) -> Iterator[Result]:
    for row in pack.descriptive("shares").iter_rows(named=True):
        frames = []
        for name, where in ((row["figure"], row["where"]), (row["totals"], row["totals_where"])):
            table, conditions = table_and_rows(pack, name, where)
            frame = _usable(pack, table) if table in pack.tables() else None
            frames += [] if frame is None else [filtered(frame, split_conditions(conditions))]
        if len(frames) < 2:
            continue
        rule = shares.Shares(row["id"], row["axis"], row["tolerance"] or 0.0)
        checked = shares.shares_agree(frames[0], frames[1], rule)
        yield Result("shares", f"{row['figure']}: {row['id']}", checked.tested, (), checked.notes)


def _coverage(pack: Pack) -> Iterator[Result]:
    for row in pack.descriptive("coverage").iter_rows(named=True):
        table, where = table_and_rows(pack, row["figure"], row["where"])
        frame = _usable(pack, table)
        if frame is None:
            continue
        chosen = filtered(frame, split_conditions(where))
        found = coverage.years_covered(chosen, row["from_year"], row["to_year"], row["step"] or 1, row["id"])
        yield Result("coverage", f"{row['figure']}: {row['id']}", chosen.height, found)


def _usable(pack: Pack, table: str) -> pl.DataFrame | None:
    """A table, or None when a file of it does not fit its schema (the check `types` says so)."""
    try:
        return pack.table(table)
    except BadInput:
        return None


def _lineage(pack: Pack) -> Iterator[Result]:
    found = regions.lineage_complete(pack.lineage(), pack.membership(), pack.vintages())
    known = columns.codes_known(
        pack.membership(), "region", pack.regions()["region"].to_list(), "catalog.rule.region"
    )
    yield Result("lineage", "lineage.csv", pack.lineage().height, (*known, *found))


def _references(pack: Pack) -> Iterator[Result]:
    """Sources and tables that the descriptive files name are there."""
    known = pack.sources()["id"].to_list()
    sourced = ("regions", "events", "breaks", "cautions", "corrections", "preferences", "surveys", "transfers", "norms")
    for name in sourced:
        frame = pack.descriptive(name)
        found = columns.codes_known(frame, "source", known, "catalog.rule.source")
        if name in ("breaks", "cautions", "corrections"):
            found = (*found, *columns.codes_known(frame, "table", pack.tables(), "catalog.rule.table"))
        yield Result("references", f"{name}.csv", frame.height, found)
    for name in ("identities", "shares", "coverage", "statements", "forms"):
        frame = pack.descriptive(name)
        found = columns.codes_known(frame, "figure", tuple(figure_specs(pack)), "catalog.rule.table")
        if name == "shares":
            totals = columns.codes_known(frame, "totals", tuple(figure_specs(pack)), "catalog.rule.table")
            found = (*found, *totals)
        yield Result("references", f"{name}.csv", frame.height, found)
    declared = declared_comparisons(pack)
    sides = pl.DataFrame({"table": [side.table for item in declared for side in (item.a, item.b)]})
    found = columns.codes_known(sides, "table", pack.tables(), "catalog.rule.table") if declared else ()
    yield Result("references", "comparisons.csv", len(declared), found)


def _figures(pack: Pack) -> Iterator[Result]:
    for where, tested, found in figure_findings(pack):
        yield Result("figures", where, tested, found)


def _country(pack: Pack) -> Iterator[Result]:
    yield Result("country", COUNTRY, int((pack.path / COUNTRY).is_file()), tuple(country_findings(pack)))


def _sentences(pack: Pack) -> Iterator[Result]:
    found = tuple(sentence_findings(pack))
    yield Result("sentences", SENTENCES, 0 if found else len(pack_sentences(pack)), found)


def _course(pack: Pack) -> Iterator[Result]:
    found = tuple(course_findings(pack))
    yield Result("course", COURSE, 0 if found else len(course(pack).statements), found)


def _proposals(pack: Pack) -> Iterator[Result]:
    found = tuple(proposal_findings(pack))
    yield Result("proposals", PROPOSALS, 0 if found else len(proposals(pack)), found)


def _group_parts(pack: Pack) -> Iterator[Result]:
    found = tuple(group_parts_findings(pack))
    yield Result("group_parts", GROUP_PARTS, 0 if found else len(group_parts(pack)), found)


def _uncounted(pack: Pack) -> Iterator[Result]:
    found = tuple(uncounted_findings(pack))
    yield Result("uncounted", UNCOUNTED, 0 if found else len(uncounted_forms(pack)), found)


CHECKS: tuple[Check, ...] = (
    Check("types", _types),
    _each("key", _key),
    _each("required", _required),
    _each("limits", _limits),
    _each("status", _status),
    _each("source", _source),
    _each("region", _region),
    _each("vintage", _vintage),
    _each("dates", _dates),
    _each("labels", _labels),
    Check("lineage", _lineage),
    Check("references", _references),
    Check("figures", _figures),
    Check("country", _country),
    Check("sentences", _sentences),
    Check("course", _course),
    Check("proposals", _proposals),
    Check("uncounted", _uncounted),
    Check("group_parts", _group_parts),
    Check("sums", _sums),
    Check("shares", _shares),
    Check("coverage", _coverage),
)
