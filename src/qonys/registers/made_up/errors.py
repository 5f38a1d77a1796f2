"""Errors as offices make them, put into made-up records: missing numbers, slips of the hand, doubles, other places."""

from __future__ import annotations

import numpy as np
import polars as pl

# share of records with each error
SHARES = {
    "no_person": 0.05, "typed": 0.03, "doubled": 0.01, "copied": 0.005, "unborn": 0.002, "same_place": 0.002,
    "nowhere": 0.002, "no_sheet": 0.02,
}  # fmt: skip
NOWHERE = "?"


def with_errors(frame: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Records with errors of `SHARES`.

    A record takes one error at most; a doubled one comes again under its number, a copied one under its own.
    """
    draws = np.random.default_rng(seed)
    share = draws.random(frame.height)
    bounds = np.cumsum(list(SHARES.values()))
    kind = pl.Series("kind", np.searchsorted(bounds, share, side="right"))
    names = list(SHARES)
    frame = frame.with_columns(kind, at=pl.Series(draws.integers(0, 1 << 30, frame.height)))

    def of(name: str) -> pl.Expr:
        return pl.col("kind") == names.index(name)

    letter = pl.col("at") % pl.col("surname").str.len_chars()
    slipped = pl.col("surname").str.slice(0, letter) + pl.col("surname").str.slice(letter + 1)
    frame = frame.filter(~of("no_sheet")).with_columns(
        person=pl.when(~of("no_person")).then("person"),
        surname=pl.when(of("typed")).then(slipped).otherwise("surname"),
        birth=pl.when(of("unborn")).then(pl.col("day").dt.offset_by("40d")).otherwise("birth"),
        destination=pl.when(of("same_place")).then("origin").when(of("nowhere")).then(pl.lit(NOWHERE))
        .otherwise("destination"),
    )  # fmt: skip
    doubled, copied = frame.filter(of("doubled")), frame.filter(of("copied"))
    copied = copied.with_columns(record=pl.col("record") + (1 << 40))
    return pl.concat([frame, doubled, copied]).drop("kind", "at")
