"""Texts coded by people: agreement of coders, frames by year and beside a flow."""

from __future__ import annotations

from collections.abc import Sequence

from qonys.face.arguments import offered
from qonys.face.frames import Columns, Table, frame_of, sources_of
from qonys.face.options import names
from qonys.face.result import Result
from qonys.figures.results import View
from qonys.measurement.coded_texts import (
    LagOptions,
    agreement,
    code_table,
    coder_pairs,
    coder_table,
    corpus_of,
    frames_and_flow,
    frames_by_year,
    several_codes,
)
from qonys.study.analyses.coded_texts import CODINGS, FLOW, with_year


@offered
def coder_agreement(
    texts: Table,
    *,
    level: str = "nominal",
    codes: str | Sequence[str] = (),
    draws: int = 1000,
    seed: int = 1,
    columns: Columns = None,
) -> Result:
    """Agreement of coders of a corpus: Krippendorff's alpha and Cohen's kappa with bootstrap intervals.

    Parameters
    ----------
    texts
        document, coder, code: one row per code that a coder gave to a document.
    level
        nominal, ordinal or interval; the last two need codes that are numbers.
    codes
        Codes of the codebook; another one is an error.
    draws
        Bootstrap samples of documents.
    seed
        Seed of the random numbers.
    columns
        Standard column name to your column name: {"coder": "rater"}.

    Returns
    -------
    code (null: all), documents, values, krippendorff (alpha), low, high (95%); each code as given or not. Tables:
    `pairs` (Cohen's kappa of two coders, where no coder gave a document several codes), `codes`, `coders` (numbers of
    documents and codings).

    Raises
    ------
    BadInput
        A code that the codebook lacks; no document coded by two coders; codes that do not vary, or are no numbers.

    Notes
    -----
    Source: Krippendorff (2004), chapter 11; Cohen (1960, 1968).

    Examples
    --------
    >>> import qonys
    >>> texts = {"document": [1, 1, 2, 2, 3, 3], "coder": list("xyxyxy"), "code": list("aabbab")}
    >>> qonys.coder_agreement(texts).frame["krippendorff"].round(3).to_list()[0]
    0.444
    """
    corpus = corpus_of(frame_of(texts, CODINGS, "texts", columns).select("document", "coder", "code"), names(codes))
    tables = {"codes": code_table(corpus), "coders": coder_table(corpus)}
    if not several_codes(corpus):
        tables["pairs"] = coder_pairs(corpus, level, draws, seed)
    found = agreement(corpus, level, draws, seed)
    view = View("dots", "krippendorff", "code", "low", "high")
    alike = found["krippendorff"].null_count()
    notes = (("texts.note.alpha", {}), *((("texts.note.alike", {"n": alike}),) if alike else ()))
    return Result("coder_agreement", found, tables, notes, (view,), None, sources_of(texts))


@offered
def coded_frames(
    texts: Table,
    *,
    flows: Table | None = None,
    lags: int = 3,
    block: int = 0,
    draws: int = 1000,
    seed: int = 1,
    columns: Columns = None,
) -> Result:
    """Share of documents with each code by year, and its rank correlation with a flow at several lags.

    Parameters
    ----------
    texts
        document, date, coder, code: one row per code that a coder gave to a document.
    flows
        year, value: a series of a flow.
    lags
        Largest lag, years, either way; at a positive lag the texts come first.
    block
        Length of the blocks of the bootstrap, years; 0: the cube root of their number.
    draws
        Bootstrap samples.
    seed
        Seed of the random numbers.
    columns
        Standard column name to your column name, of both tables.

    Returns
    -------
    year, code, documents, share (0 to 1), low, high (95%). With `flows`, table `lags`: code, lag, years, rho,
    low, high.

    Raises
    ------
    BadInput
        Documents without dates; no year in common.

    Notes
    -----
    Source: Wilson (1927), intervals; Kuensch (1989), moving blocks. A correlation over years, not an influence.

    Examples
    --------
    >>> import qonys
    >>> texts = {"document": [1, 2, 3], "date": ["2001", "2001", "2002"], "coder": list("xxx"), "code": list("aba")}
    >>> qonys.coded_frames(texts).frame.select("year", "code", "share").rows()
    [(2001, 'a', 0.5), (2001, 'b', 0.5), (2002, 'a', 1.0), (2002, 'b', 0.0)]
    """
    corpus = corpus_of(with_year(frame_of(texts, CODINGS, "texts", _own(columns, CODINGS.names))))
    found = frames_by_year(corpus)
    views = [View("line", "year", "share", "low", "high", colour="code")]
    if flows is None:
        return Result("coded_frames", found, {}, (), tuple(views), None, sources_of(texts))
    series = frame_of(flows, FLOW, "flows", _own(columns, FLOW.names))
    flow = dict(series.select("time", "value").rows())
    table = frames_and_flow(found, flow, LagOptions(lags, block, draws, seed))
    views.append(View("dots", "rho", "code", "low", "high", panel="lag", table="lags"))
    note = ("texts.note.lags", {"n": 2 * lags + 1})
    return Result("coded_frames", found, {"lags": table}, (note,), tuple(views), None, sources_of(texts))


def _own(columns: Columns, known: Sequence[str]) -> Columns:
    """The columns that are said for one of the tables."""
    return None if columns is None else {name: column for name, column in columns.items() if name in known}
