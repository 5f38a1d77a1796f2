import marimo

app = marimo.App(width="medium", html_head_file="head.html")


@app.cell
def _():
    import polars as pl

    import qonys

    lab = qonys.course.lab("forecast")
    lab.opening()
    return lab, pl


@app.cell
def _(lab):
    guess = lab.choice("guess", lab.options("", "inside", "above", "below"))
    guess
    return (guess,)


@app.cell
def _(lab):
    lab.data("foreseen", "summed", "yearly")
    return


@app.cell
def _(lab, pl):
    foreseen = lab.frame("foreseen")
    _middle = (pl.col("low") + pl.col("high")) / 2
    _shown = foreseen.with_columns(miss=100 * (_middle / pl.col("value") - 1))
    _view = {"mark": "dots", "x": "value", "y": "horizon", "low": "low", "high": "high"}
    _drawn = lab.plot("foreseen", foreseen.with_columns(pl.col("horizon").cast(pl.String)), _view)
    lab.step(1, _drawn, lab.table("errors", _shown, decimals={"miss": 1}))
    return


@app.cell
def _(lab):
    deviations = lab.slider("deviations", 0.4, 3.0, 1.3, step=0.1)
    deviations
    return (deviations,)


@app.cell
def _(deviations, lab, pl):
    series = lab.frame("yearly")
    _change = pl.col("value") - pl.col("value").shift(1)
    _seen = _change.is_not_null().cum_sum()
    made = series.with_columns(error=((_change**2).cum_sum() / _seen).sqrt(), seen=_seen)
    made = made.with_columns(pl.col("error", "seen").shift(1), base=pl.col("value").shift(1)).filter(
        pl.col("seen") >= 5
    )
    _low, _high = (pl.col("base") + sign * deviations.value * pl.col("error") for sign in (-1, 1))
    made = made.select("year", "value", "base", low=_low, high=_high)
    _held = made.filter(pl.col("value").is_between(pl.col("low"), pl.col("high"))).height
    _view = {"mark": "line", "x": "year", "y": "base", "low": "low", "high": "high", "points": "value"}
    _share = lab.percent(_held / made.height, 0)
    lab.step(2, lab.plot("record", made, _view), years=made.height, held=_held, share=_share)
    return


@app.cell
def _(lab):
    horizon = lab.slider("horizon", 1, 8, 3)
    horizon
    return (horizon,)


@app.cell
def _(horizon, lab, pl):
    _values = lab.frame("yearly")
    _rows = [
        _values.select(
            horizon=pl.lit(years),
            mean_error=(pl.col("value") - pl.col("value").shift(years)).abs(),
        ).drop_nulls()
        for years in range(1, int(horizon.value) + 1)
    ]
    errors = pl.concat(_rows).group_by("horizon").agg(pl.col("mean_error").mean(), count=pl.len()).sort("horizon")
    _bars = lab.plot(
        "horizons",
        errors.with_columns(pl.col("horizon").cast(pl.String)),
        {"mark": "bars", "x": "horizon", "y": "mean_error"},
    )
    _first, _last = errors["mean_error"][0], errors["mean_error"][-1]
    lab.step(3, _bars, years=int(horizon.value), first=lab.number(_first), last=lab.number(_last))
    return


@app.cell
def _(lab):
    first = lab.answer("forecast-1")
    lab.exercise(first)
    return (first,)


@app.cell
def _(first, lab):
    lab.verdict(first)
    return


@app.cell
def _(lab):
    second = lab.answer("forecast-2")
    lab.exercise(second)
    return (second,)


@app.cell
def _(lab, second):
    lab.verdict(second)
    return


@app.cell
def _(lab):
    third = lab.answer("forecast-3")
    lab.exercise(third)
    return (third,)


@app.cell
def _(lab, third):
    lab.verdict(third)
    return


@app.cell
def _(guess, lab, third):
    lab.compare(guess, third)
    return


@app.cell
def _(first, lab, second, third):
    lab.hand_in(first, second, third)
    return


@app.cell
def _(lab):
    lab.closing()
    return


if __name__ == "__main__":
    app.run()
