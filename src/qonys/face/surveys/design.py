"""A survey with its sampling design: from a table or a file, with labels, codes of nonresponse and known totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict, Unpack

from qonys.face.arguments import offered
from qonys.face.frames import Table, rows_of, sources_of
from qonys.face.options import checked
from qonys.study.analyses import surveys as analysis
from qonys.surveys.calibration import Calibration, Margin, margins_of
from qonys.surveys.frequencies import repeated
from qonys.surveys.reading import Microdata, read_microdata, respondents, with_labels, without_codes


@dataclass(frozen=True)
class _Given(analysis.SurveyFile):
    """A survey already in memory, with its known totals."""

    path: Path = Path("survey")
    data: Microdata | None = None
    margins: tuple[Margin, ...] = ()
    limits: tuple[float, float] | None = None

    def microdata(self) -> Microdata:
        """The respondents as given."""
        assert self.data is not None
        return self.data

    def totals(self) -> Calibration | None:
        """Known totals to which the weights are calibrated."""
        return Calibration(self.margins, self.calibration, self.limits) if self.margins else None


@dataclass(frozen=True)
class Survey:
    """Respondents with their sampling design, as declared by `survey_design`."""

    file: analysis.SurveyFile
    sources: tuple[str, ...] = ()

    def __repr__(self) -> str:
        data, design = self.file.opened
        parts = [("weight", design.weight), ("strata", design.strata), ("cluster", design.cluster)]
        shown = ", ".join(f"{name} {column}" for name, column in parts if column) or "–"
        return f"<Survey: {data.frame.height} × {data.frame.width}; {shown}>"


class SurveyOptions(TypedDict, total=False):
    """Further options of `survey_design`."""

    missing: Mapping[str, object]
    frequency: str
    single_psu: str
    second: str
    fpc_second: str
    calibrate: Table
    calibration: str
    bounds: tuple[float, float]
    replicates: Sequence[str]
    replicate_type: str
    fay: float
    centre: str
    draws: int
    seed: int


@offered
def survey_design(
    data: Table,
    *,
    weight: str = "",
    strata: str = "",
    cluster: str = "",
    fpc: str = "",
    labels: Table | None = None,
    **options: Unpack[SurveyOptions],
) -> Survey:
    """A survey with its sampling design, for the functions `survey_...`, `migration_potential` and `adaptation`.

    Parameters
    ----------
    data
        One row per respondent: a data frame or a file (labels of SPSS and Stata files are kept).
    weight, strata, cluster
        Columns of the sampling weight, the stratum and the primary sampling unit; by default equal weights, one
        stratum, individual respondents as sampling units.
    fpc
        Column with the number of clusters (or persons) of the stratum in the population, for the finite population
        correction.
    labels
        variable, code, label: meaning of the codes.
    options
        `missing`: {"age": [98, 99]}, codes of nonresponse; `frequency`: column with the number of respondents
        that each row of an aggregated table represents; `single_psu`: refuse or centre, for strata with one
        cluster; `second`, `fpc_second`: second-stage units and their number in the cluster; `calibrate`:
        variable, category, total, with `calibration` (raking, linear, logit) and `bounds`; `replicates`: columns of
        replicate weights, `replicate_type` (JK1, JK2, JKn, BRR, Fay, bootstrap), `fay`, `centre`, `draws`, `seed`.

    Returns
    -------
    The survey with its design; nothing is computed at this stage.

    Raises
    ------
    BadInput
        A weight that is missing, zero or negative; a stratum with one cluster; columns that do not exist.

    Notes
    -----
    Source: Binder (1983), linearisation; calibration: Deville and Saerndal (1992); replication: Wolter (2007).

    Examples
    --------
    >>> import qonys
    >>> people = {"vote": ["yes", "no", "yes", "no"], "w": [1, 1, 2, 2], "place": [1, 1, 2, 2]}
    >>> qonys.survey_design(people, weight="w", strata="place")
    <Survey: 4 × 3; weight w, strata place>
    """
    known = checked(options, tuple(SurveyOptions.__annotations__), "survey_design")
    microdata = microdata_of(data)
    if labels is not None:
        microdata = with_labels(microdata, rows_of(labels, "labels"), "labels")
    microdata = without_codes(microdata, _codes(known.pop("missing", {})))
    microdata = repeated(microdata, known.pop("frequency", ""), weight)
    totals = known.pop("calibrate", None)
    margins = () if totals is None else margins_of(rows_of(totals, "calibrate"), "calibrate")
    limits = known.pop("bounds", None)
    known["replicates"] = tuple(known.get("replicates", ()))
    file = _Given(
        weight=weight,
        strata=strata,
        cluster=cluster,
        fpc=fpc,
        data=microdata,
        margins=margins,
        limits=limits,
        **known,
    )
    return Survey(file, sources_of(data))


def microdata_of(data: Table) -> Microdata:
    """Respondents from a table or a file; labels of SPSS and Stata files are kept."""
    if isinstance(data, str | Path):
        return read_microdata(Path(data))
    return respondents(rows_of(data, "survey"))


def _codes(missing: Mapping[str, Any]) -> list[str]:
    """variable=code for every code of nonresponse."""
    pairs = [(name, code) for name, codes in missing.items() for code in (codes if _several(codes) else [codes])]
    return [f"{name}={code}" for name, code in pairs]


def _several(codes: object) -> bool:
    return isinstance(codes, Sequence) and not isinstance(codes, str)


def opened(survey: Survey | Table) -> tuple[analysis.SurveyFile, tuple[str, ...]]:
    """The survey of a declared design, or a table treated as a simple random sample."""
    one = survey if isinstance(survey, Survey) else survey_design(survey)
    return one.file, one.sources
