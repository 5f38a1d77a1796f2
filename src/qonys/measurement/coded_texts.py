"""A corpus of texts coded by people: the codebook, agreement of the coders, frames by year and beside a flow.

One row is one code that one coder gave to one document. A document counts once in its year; if several coders read it,
each gives an equal part: the share of a code is the mean over documents of the part of their coders who gave it.
Interval of a share: Wilson (1927), which is wide enough where parts are fractions. Agreement and correlation with a
lag: `kernels.indices.agreement`. A correlation over years shows that two series move together, not that one moves the
other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.kernels.indices.agreement import (
    LEVELS,
    block_draws,
    cohen_kappa,
    coincidences,
    krippendorff_alpha,
    percentiles,
    rank_correlation,
    resampled,
)
from qonys.measurement.typology.mix import share_intervals

Array = NDArray[np.float64]
LEAST_YEARS = 8


@dataclass(frozen=True)
class Corpus:
    """Codings (columns document, coder, code, each combination once), documents, coders and codes in their order.

    `years`: year of each document, if it is dated.
    """

    codings: pl.DataFrame
    documents: tuple[str, ...]
    coders: tuple[str, ...]
    codes: tuple[str, ...]
    years: dict[str, int]

    def given(self) -> NDArray[np.bool_]:
        """Whether a coder gave a code to a document, (documents, coders, codes)."""
        found = np.zeros((len(self.documents), len(self.coders), len(self.codes)), dtype=bool)
        places = [
            {name: place for place, name in enumerate(names)} for names in (self.documents, self.coders, self.codes)
        ]
        for row in self.codings.rows():
            found[tuple(known[name] for known, name in zip(places, row, strict=True))] = True
        return found


def corpus_of(rows: pl.DataFrame, codes: Sequence[str] = ()) -> Corpus:
    """The corpus of rows document, coder, code (texts) and, if dated, year; `codes`: those of the codebook, in order.

    Raises
    ------
    BadInput
        A code that the codebook lacks; a document that one coder gave one code twice; a document of two years.
    """
    known = list(codes) or sorted(rows["code"].unique(), key=_order)
    strange = rows.filter(~pl.col("code").is_in(known))
    if strange.height:
        named = strange["code"].unique(maintain_order=True).to_list()
        raise BadInput("texts.unknown", codes=", ".join(named[:6]), n=strange.height, known=", ".join(known[:12]),
                       document=strange["document"][0])  # fmt: skip
    codings = rows.select("document", "coder", "code")
    twice = codings.filter(codings.is_duplicated())
    if twice.height:
        document, coder, code = twice.row(0)
        raise BadInput("texts.twice", document=document, coder=coder, code=code)
    years: dict[str, int] = {}
    if "year" in rows.columns:
        for document, year in rows.select("document", "year").drop_nulls().unique(maintain_order=True).rows():
            if years.setdefault(document, year) != year:
                raise BadInput("texts.years", document=document, first=years[document], second=year)
    documents = tuple(rows["document"].unique(maintain_order=True))
    return Corpus(codings, documents, tuple(sorted(rows["coder"].unique())), tuple(known), years)


def _order(code: str) -> tuple[bool, float, str]:
    """Numbers by size, then texts by the alphabet."""
    number = _number(code)
    return (number is None, number or 0.0, code)


def _number(code: str) -> float | None:
    try:
        return float(code.replace(",", "."))
    except ValueError:
        return None


def code_table(corpus: Corpus) -> pl.DataFrame:
    """Columns code, documents, codings, coders: in how many documents, how often, by how many coders it was given."""
    counted = corpus.codings.group_by("code").agg(
        pl.col("document").n_unique().alias("documents"), pl.len().alias("codings"),
        pl.col("coder").n_unique().alias("coders"),
    )  # fmt: skip
    every = pl.DataFrame({"code": corpus.codes}, schema={"code": pl.String})
    joined = every.join(counted, on="code", how="left", maintain_order="left")
    return joined.with_columns(pl.col("documents", "codings", "coders").fill_null(0).cast(pl.Int64))


def coder_table(corpus: Corpus) -> pl.DataFrame:
    """Columns coder, documents, codings, single: documents that nobody else coded."""
    by = corpus.codings.group_by("document").agg(pl.col("coder").n_unique().alias("readers"))
    joined = corpus.codings.join(by, on="document")
    return joined.group_by("coder").agg(
        pl.col("document").n_unique().alias("documents"), pl.len().alias("codings"),
        pl.col("document").filter(pl.col("readers") == 1).n_unique().alias("single"),
    ).sort("coder").with_columns(pl.col("documents", "codings", "single").cast(pl.Int64))  # fmt: skip


def coded_once(corpus: Corpus) -> tuple[str, ...]:
    """Documents that one coder alone coded."""
    readers = corpus.given().any(axis=2).sum(axis=1)
    return tuple(name for name, n in zip(corpus.documents, readers, strict=True) if n == 1)


def several_codes(corpus: Corpus) -> int:
    """Documents to which a coder gave more than one code."""
    return int((corpus.given().sum(axis=2) > 1).any(axis=1).sum())


def code_values(corpus: Corpus, level: str) -> Array:
    """Codes as numbers (codes,), for the level of measurement: their places if nominal.

    Raises
    ------
    BadInput
        No such level; a code that is no number, of an ordinal or interval level.
    """
    if level not in LEVELS:
        raise BadInput("estimation.choice", option="--level", value=level, known=", ".join(LEVELS))
    if level == LEVELS[0]:
        return np.arange(len(corpus.codes), dtype=float)
    found = [_number(code) for code in corpus.codes]
    wrong = [code for code, number in zip(corpus.codes, found, strict=True) if number is None]
    if wrong:
        raise BadInput("texts.not_number", code=wrong[0], level=level)
    return np.array(found, dtype=float)


def agreement(corpus: Corpus, level: str = LEVELS[0], draws: int = 1000, seed: int = 1) -> pl.DataFrame:
    """Krippendorff's alpha of all codes (code null), where no coder gave two to a document, and of each given or not.

    Columns code, documents (read by two coders or more), values, krippendorff (alpha), low, high (95%, documents
    resampled); no alpha where the codes do not vary, so that no disagreement is expected by chance.

    Raises
    ------
    BadInput
        No document was read by two coders; no code varies among those that were; as `code_values`.
    """
    values = code_values(corpus, level)
    given = corpus.given()
    readers: NDArray[np.bool_] = np.asarray(given.any(axis=2))
    shared = readers.sum(axis=1) > 1
    if not shared.any():
        raise BadInput("texts.one_coder")
    times = resampled(int(shared.sum()), draws, seed)
    order = np.argsort(values, kind="stable")
    rows: list[tuple[str | float | int | None, ...]] = []
    if not several_codes(corpus):
        pairs = coincidences(given[shared].sum(axis=1)[:, order].astype(float))
        rows.append((None, *_alpha(pairs, values[order], level, times)))
    if len(corpus.codes) > 1:
        for place, code in enumerate(corpus.codes):
            yes = given[shared][:, :, place].sum(axis=1)
            counts = np.column_stack([readers[shared].sum(axis=1) - yes, yes]).astype(float)
            rows.append((code, *_alpha(coincidences(counts), np.arange(2.0), LEVELS[0], times)))
    if all(row[3] is None for row in rows):
        raise BadInput("texts.alike", n=int(shared.sum()))
    numbers = dict.fromkeys(("krippendorff", "low", "high"), pl.Float64)
    schema = {"code": pl.String, "documents": pl.Int64, "values": pl.Int64, **numbers}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _alpha(
    pairs: Array, values: Array, level: str, times: Array
) -> tuple[int, int, float | None, *tuple[float | None, ...]]:
    """Documents, values, alpha and the ends of its interval."""
    found = float(krippendorff_alpha(pairs.sum(axis=0), values, level))
    drawn = krippendorff_alpha(np.tensordot(times, pairs, axes=1), values, level)
    if not np.isfinite(found):
        return len(pairs), round(float(pairs.sum())), None, None, None
    return len(pairs), round(float(pairs.sum())), found, *percentiles(drawn)


def coder_pairs(corpus: Corpus, level: str = LEVELS[0], draws: int = 1000, seed: int = 1) -> pl.DataFrame:
    """Cohen's kappa of each pair of coders: columns coder, other_coder, documents, agreement, kappa, low, high.

    Raises
    ------
    BadInput
        A coder gave a document several codes; no document was read by two coders; as `code_values`.
    """
    values = code_values(corpus, level)
    several = several_codes(corpus)
    if several:
        raise BadInput("texts.several", n=several)
    given = corpus.given()
    readers: NDArray[np.bool_] = np.asarray(given.any(axis=2))
    code = given.argmax(axis=2)
    rows: list[tuple[str | float | int | None, ...]] = []
    for a, b in combinations(range(len(corpus.coders)), 2):
        both = np.flatnonzero(readers[:, a] & readers[:, b])
        if not len(both):
            continue
        cells = np.zeros((len(both), len(values), len(values)))
        cells[np.arange(len(both)), code[both, a], code[both, b]] = 1.0
        found = float(cohen_kappa(cells.sum(axis=0), values, level))
        drawn = cohen_kappa(np.tensordot(resampled(len(both), draws, seed), cells, axes=1), values, level)
        same = float((code[both, a] == code[both, b]).mean())
        ends = percentiles(drawn) if np.isfinite(found) else (None, None)
        rows.append((corpus.coders[a], corpus.coders[b], len(both), same, found if np.isfinite(found) else None, *ends))
    if not rows:
        raise BadInput("texts.one_coder")
    numbers = dict.fromkeys(("agreement", "kappa", "low", "high"), pl.Float64)
    schema = {"coder": pl.String, "other_coder": pl.String, "documents": pl.Int64, **numbers}
    return pl.DataFrame(rows, schema=schema, orient="row")


def frames_by_year(corpus: Corpus) -> pl.DataFrame:
    """Share of the documents of each year that have a code: columns year, code, documents, share, low, high.

    Raises
    ------
    BadInput
        No document is dated.
    """
    if not corpus.years:
        raise BadInput("texts.undated")
    given = corpus.given()
    part = given.sum(axis=1) / np.maximum(given.any(axis=2).sum(axis=1), 1)[:, None]
    year = np.array([corpus.years.get(name, -1) for name in corpus.documents])
    rows = []
    for one in sorted(set(corpus.years.values())):
        inside = year == one
        n = int(inside.sum())
        share = part[inside].mean(axis=0)
        low, high = share_intervals(share * n, n, 1)
        for place, code in enumerate(corpus.codes):
            rows.append((one, code, n, float(share[place]), float(low[place]), float(high[place])))
    return pl.DataFrame(rows, schema=["year", "code", "documents", "share", "low", "high"], orient="row")


@dataclass(frozen=True)
class LagOptions:
    """Greatest lag, length of blocks (0: the cube root of the years), draws and the key of their stream."""

    lags: int = 3
    block: int = 0
    draws: int = 1000
    seed: int = 1


def frames_and_flow(frames: pl.DataFrame, flow: dict[int, float], options: LagOptions) -> pl.DataFrame:
    """Rank correlation of the share of each code in a year with the flow of the year `lag` years later.

    `frames`: columns year, code, share. Columns code, lag, years, rho, low, high (95%, moving blocks of years); no
    number where fewer than eight years have both, or one of them does not vary.

    Raises
    ------
    BadInput
        No year has both.
    """
    rows: list[tuple[str | float | int | None, ...]] = []
    if not {int(year) + lag for year in frames["year"] for lag in range(-options.lags, options.lags + 1)} & set(flow):
        raise BadInput("texts.apart")
    for (code,), part in frames.group_by("code", maintain_order=True):
        shares = dict(part.select("year", "share").rows())
        for lag in range(-options.lags, options.lags + 1):
            years = sorted(year for year in shares if year + lag in flow)
            x = np.array([shares[year] for year in years])
            y = np.array([flow[year + lag] for year in years])
            rho = float(rank_correlation(x, y)) if len(years) >= LEAST_YEARS else float("nan")
            if not np.isfinite(rho):
                rows.append((str(code), lag, len(years), None, None, None))
                continue
            block = min(options.block or max(2, round(len(years) ** (1 / 3))), len(years))
            places = block_draws(len(years), block, options.draws, options.seed)
            rows.append((str(code), lag, len(years), rho, *percentiles(rank_correlation(x[places], y[places]))))
    numbers = dict.fromkeys(("rho", "low", "high"), pl.Float64)
    return pl.DataFrame(rows, schema={"code": pl.String, "lag": pl.Int64, "years": pl.Int64, **numbers}, orient="row")
