"""Tables of mobility from a survey: origins by destinations by layer, movers and stayers, with errors of the design.

Outflow: shares of destinations among those of an origin; inflow: of origins among those at a destination. Gross
mobility is the share of movers, structural mobility the dissimilarity of the two margins, half the sum of their
absolute differences, and exchange mobility what is left (Hauser and others 1975, American Sociological Review 40,
279-297). Odds ratios F_ii F_jj / (F_ij F_ji) compare the chances of two origins of being in two destinations. Models:
`kernels.structure.mobility_models`. With weights, strata or clusters G2 is divided by its mean design
effect and compared with F (Rao and Scott 1984); BIC = G2 - df ln n (Raftery 1986); dissimilarity: the share that would
have to move for the fit to be exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from qonys.errors import BadInput
from qonys.kernels.structure.mobility_models import (
    LAYERED,
    MULTIPLIED,
    PLAIN,
    TableFit,
    fit_table,
    mean_design_effect,
    open_layers,
    parameter_covariance,
)
from qonys.surveys.design import Array, Design, Plan, design_covariance, plan_of, with_design
from qonys.surveys.reading import Microdata
from qonys.surveys.sums import Ratios, table_of

SURE, BOUNDS = 0.95, ("se", "low", "high")


@dataclass(frozen=True)
class MobilityTable:
    """Respondents by origin, destination and layer.

    `cell` (n, 3): places of origin, destination, layer, -1 throughout where one is missing. `counts` (I, I, K):
    weights scaled to the number of respondents. `simple`: a simple random sample of equal weights.
    """

    places: tuple[str, ...]
    layers: tuple[str, ...]
    cell: NDArray[np.int64]
    counts: Array
    plan: Plan
    simple: bool

    @property
    def n(self) -> int:
        """Respondents with an origin, a destination and a layer."""
        return int((self.cell[:, 0] >= 0).sum())

    @property
    def left_out(self) -> int:
        """Respondents who lack one of them."""
        return len(self.cell) - self.n

    @property
    def share_covariance(self) -> Array:
        """Covariance of the design (cells, cells) of the shares of all cells, in the order of `counts`."""
        known = self.cell[:, 0] >= 0
        weight = np.where(known, self.plan.weight, 0.0)
        place = np.ravel_multi_index(tuple(np.maximum(self.cell, 0).T), self.counts.shape)
        mark = np.zeros((len(known), self.counts.size))
        mark[np.arange(len(known)), place] = 1.0
        share = self.counts.ravel() / self.counts.sum()
        return design_covariance((mark - share) * (weight / weight.sum())[:, None], self.plan)


def mobility_table(data: Microdata, design: Design, origin: str, destination: str, layer: str = "") -> MobilityTable:
    """The table of two variables with common categories, by the categories of a third where one is named.

    Raises
    ------
    BadInput
        The design or a variable cannot be used; two of the three are one column; the two variables have no category in
        common, or one category; the layer has one category; nobody has an answer to all.
    """
    apart("--origin", origin, "--destination", destination)
    for option, other in (("--origin", origin), ("--destination", destination)):
        apart(option, other, "--layer", layer)
    held = with_design(data.frame, design)
    plan = plan_of(held, design)
    from_places, to_places = data.ordered(origin), data.ordered(destination)
    if not set(from_places) & set(to_places):
        raise BadInput(
            "surveys.mobility.apart", origin=origin, destination=destination,
            first=", ".join(from_places[:6]), second=", ".join(to_places[:6]),
        )  # fmt: skip
    places = _joined(from_places, to_places, bool(data.values.get(origin)))
    if len(places) < 2:
        raise BadInput("surveys.one_category", variable=origin, n=len(places))
    layers = _layers(data, origin, destination, layer)
    codes = [_codes(data.categories(origin), places), _codes(data.categories(destination), places)]
    codes.append(_codes(data.categories(layer), layers) if layer else np.zeros(held.height, dtype=np.int64))
    cell = np.column_stack(codes)
    known = (cell >= 0).all(axis=1)
    if not known.any():
        raise BadInput("surveys.no_answers", variable=origin)
    cell[~known] = -1
    counts = np.zeros((len(places), len(places), len(layers)))
    np.add.at(counts, tuple(cell[known].T), plan.weight[known] * known.sum() / plan.weight[known].sum())
    simple = design.plain and not (design.weight or design.strata or design.cluster or design.fpc)
    return MobilityTable(tuple(places), tuple(layers), cell, counts, plan, simple)


def _layers(data: Microdata, origin: str, destination: str, layer: str) -> list[str]:
    """Categories of the layer that somebody with an origin and a destination has."""
    if not layer:
        return [""]
    both = data.categories(origin).is_not_null() & data.categories(destination).is_not_null()
    answered = set(data.categories(layer).filter(both).drop_nulls())
    layers = [one for one in data.ordered(layer) if one in answered]
    if len(layers) < 2 and answered:
        raise BadInput("surveys.one_category", variable=layer, n=len(layers))
    return layers


def apart(option: str, column: str, other: str, named: str) -> None:
    """Refuse two options that name one column.

    Raises
    ------
    BadInput
        They do.
    """
    if column == named:
        raise BadInput("surveys.same_column", first=option, second=other, column=column)


def _joined(first: list[str], second: list[str], declared: bool) -> list[str]:
    """Categories of both: in the order of declared labels, else of the alphabet."""
    every = list(dict.fromkeys([*first, *second]))
    return every if declared else sorted(every)


def _codes(labels: pl.Series, known: list[str]) -> NDArray[np.int64]:
    code = {label: place for place, label in enumerate(known)}
    return np.array([code.get(label, -1) for label in labels], dtype=np.int64)


def flow_shares(table: MobilityTable, inflow: bool = False) -> pl.DataFrame:
    """Shares of destinations by origin, or with `inflow` of origins by destination.

    Columns layer, origin, destination, n (respondents of the origin, or at the destination), share, se, low, high.
    """
    ratios = Ratios()
    by, of = (1, 0) if inflow else (0, 1)
    for k, layer in enumerate(table.layers):
        for i, whole in enumerate(table.places):
            inside = (table.cell[:, by] == i) & (table.cell[:, 2] == k)
            if not inside.any():
                continue
            for j, part in enumerate(table.places):
                names = (part, whole) if inflow else (whole, part)
                row = {"layer": layer, "origin": names[0], "destination": names[1], "n": int(inside.sum()),
                       "df": table.plan.degrees_in(inside)}  # fmt: skip
                ratios.add(row, inside & (table.cell[:, of] == j), inside)
    found = table_of(ratios, table.plan, "share", SURE)
    inner = pl.col("estimate").is_between(0, 1, closed="none")
    bounds = (pl.when(inner).then(pl.col(name)).alias(name) for name in BOUNDS)
    return found.select("layer", "origin", "destination", "n", pl.col("estimate").alias("share"), *bounds)


def movement(table: MobilityTable) -> pl.DataFrame:
    """Gross, structural and exchange mobility by layer: columns layer, measure, n, share, se, low, high (0 to 1).

    No interval where all answers are alike.
    """
    rows, columns = [], []
    for k, layer in enumerate(table.layers):
        inside = table.cell[:, 2] == k
        part = table.counts[:, :, k] / table.counts[:, :, k].sum()
        above = np.sign(part.sum(axis=1) - part.sum(axis=0))
        moved = (table.cell[:, 0] != table.cell[:, 1]).astype(float)
        apart = (above[table.cell[:, 0]] - above[table.cell[:, 1]]) / 2
        weight = np.where(inside, table.plan.weight, 0.0) / table.plan.weight[inside].sum()
        values = {"gross": moved, "structural": apart, "exchange": moved - apart}
        for name, value in values.items():
            share = float(weight @ value)
            columns.append(weight * (value - share))
            rows.append((layer, name, int(inside.sum()), share, table.plan.degrees_in(inside)))
    se = np.sqrt(np.maximum(np.diag(design_covariance(np.column_stack(columns), table.plan)), 0.0))
    frame = pl.DataFrame(rows, schema=["layer", "measure", "n", "share", "df"], orient="row")
    reach = stats.t.ppf(0.5 + SURE / 2, frame["df"].to_numpy()) * se
    share_of, known = frame["share"].to_numpy(), pl.Series(se > 0)
    found = frame.drop("df").with_columns(
        pl.Series("se", se), pl.Series("low", np.maximum(share_of - reach, 0.0)),
        pl.Series("high", np.minimum(share_of + reach, 1.0)),
    )  # fmt: skip
    return found.with_columns(pl.when(known).then(pl.col(name)).alias(name) for name in BOUNDS)


def odds_ratios(table: MobilityTable) -> pl.DataFrame:
    """Odds ratios of pairs of categories by layer: columns layer, category, other_category, odds, low, high, p.

    No number where one of the four cells is empty.
    """
    rows: list[tuple[str, str, str, float | None, int]] = []
    columns = []
    for k, layer in enumerate(table.layers):
        inside = table.cell[:, 2] == k
        for i, first in enumerate(table.places):
            for j in range(i + 1, len(table.places)):
                cells = ((i, i, 1), (j, j, 1), (i, j, -1), (j, i, -1))
                counts = [table.counts[a, b, k] for a, b, _ in cells]
                logs, influence = None, np.zeros(len(inside))
                if min(counts) > 0:
                    logs = float(sum(sign * np.log(count) for count, (_, _, sign) in zip(counts, cells, strict=True)))
                    for a, b, sign in cells:
                        mark = inside & (table.cell[:, 0] == a) & (table.cell[:, 1] == b)
                        influence[mark] = sign * table.plan.weight[mark] / table.plan.weight[mark].sum()
                rows.append((layer, first, table.places[j], logs, table.plan.degrees_in(inside)))
                columns.append(influence)
    se = np.sqrt(np.maximum(np.diag(design_covariance(np.column_stack(columns), table.plan)), 0.0))
    frame = pl.DataFrame(rows, schema=["layer", "category", "other_category", "log", "df"], orient="row")
    reach = pl.Series(stats.t.ppf(0.5 + SURE / 2, frame["df"].to_numpy()) * se)
    log = frame["log"].cast(pl.Float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * stats.t.sf(np.abs(log.fill_null(np.nan).to_numpy() / se), frame["df"].to_numpy())
    return frame.select("layer", "category", "other_category").with_columns(
        odds=log.exp(), low=(log - reach).exp(), high=(log + reach).exp(), p=pl.Series(p).fill_nan(None)
    )


def mobility_models(table: MobilityTable) -> pl.DataFrame:
    """Models of the table: columns model, g2, degrees, deff, p, bic, dissimilarity; no numbers where none settles."""
    covariance = None if table.simple else table.share_covariance
    rows: list[tuple[str | float | None, ...]] = []
    for model in LAYERED if len(table.layers) > 1 else PLAIN:
        fit = _fitted(table, model)
        if fit is None:
            rows.append((model, *[None] * 6))
            continue
        apart = float(np.abs(table.counts - fit.fitted).sum()) / (2 * table.n)
        bic = fit.g2 - fit.degrees * float(np.log(table.n))
        deff, p = None, None
        if fit.degrees > 0:
            deff = 1.0 if covariance is None else mean_design_effect(fit, table.counts, covariance)
            p = float(stats.chi2.sf(fit.g2, fit.degrees)) if covariance is None else _p(fit, deff, table.plan.degrees)
        rows.append((model, fit.g2, fit.degrees, deff, p, bic, apart))
    numbers = dict.fromkeys(("deff", "p", "bic", "dissimilarity"), pl.Float64)
    return pl.DataFrame(
        rows, schema={"model": pl.String, "g2": pl.Float64, "degrees": pl.Int64, **numbers}, orient="row"
    )


def _p(fit: TableFit, deff: float, degrees: int) -> float:
    """P of the first-order correction: G2 / (deff df) against F (Rao and Scott 1984; Thomas and Rao 1987)."""
    return float(stats.f.sf(fit.g2 / (deff * fit.degrees), fit.degrees, fit.degrees * degrees))


def _fitted(table: MobilityTable, model: str) -> TableFit | None:
    try:
        return fit_table(table.counts, model)
    except (ValueError, np.linalg.LinAlgError):
        return None


def unmoved(table: MobilityTable) -> tuple[str, ...]:
    """Layers in which nobody has moved."""
    movers = table.counts.sum(axis=(0, 1)) - np.trace(table.counts)
    return tuple(layer for layer, n in zip(table.layers, movers, strict=True) if n <= 0)


def layer_effects(table: MobilityTable) -> pl.DataFrame:
    """How much stronger the association of each layer is than in the first: columns model, layer, effect, low, high, p.

    The effect is phi: below 1 the chances of origins are more equal than in the first layer, below 0 their order is
    turned. p is of no difference from the first layer. No number where the answers do not determine an effect.

    Raises
    ------
    BadInput
        There is one layer.
    """
    if len(table.layers) < 2:
        raise BadInput("surveys.need", option="--layer")
    of_counts = None if table.simple else table.share_covariance * table.n**2
    degrees = np.inf if table.simple else table.plan.degrees
    reach = float(stats.t.ppf(0.5 + SURE / 2, degrees))
    rows: list[tuple[str | float | None, ...]] = []
    for model in MULTIPLIED:
        fit = _fitted(table, model)
        if fit is None or fit.effects is None:
            rows += [(model, layer, None, None, None, None) for layer in table.layers]
            continue
        unknown = open_layers(fit)
        se = np.sqrt(np.diag(parameter_covariance(fit, of_counts))[list(fit.places)])
        rows.append((model, table.layers[0], None if table.layers[0] in unmoved(table) else 1.0, None, None, None))
        for place, (effect, error) in enumerate(zip(fit.effects[1:], se, strict=True), start=1):
            layer = table.layers[place]
            if place in unknown:
                rows.append((model, layer, None, None, None, None))
                continue
            ends = (float(effect + sign * reach * error) for sign in (-1, 1))
            p = float(2 * stats.t.sf(abs(effect - 1) / error, degrees)) if error > 0 else None
            rows.append((model, layer, float(effect), *ends, p))
    numbers = dict.fromkeys(("effect", "low", "high", "p"), pl.Float64)
    return pl.DataFrame(rows, schema={"model": pl.String, "layer": pl.String, **numbers}, orient="row")
