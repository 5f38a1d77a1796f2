import marimo

app = marimo.App(width="medium", html_head_file="head.html")


@app.cell
def _():
    import polars as pl

    import qonys

    lab = qonys.course.lab("second")
    lab.opening()
    return lab, pl


@app.cell
def _(lab):
    guess = lab.choice("guess", lab.options("", "own", "other", "alike"))
    guess
    return (guess,)


@app.cell
def _(lab):
    lab.data("counted", "foreseen")
    return


@app.cell
def _(lab, pl):
    _yearly = lab.frame("yearly").with_columns(opposite=pl.col("register").sign() != pl.col("model").sign())
    _each = _yearly.group_by("nation", maintain_order=True).agg(
        count=pl.len(),
        opposite=pl.col("opposite").sum(),
        mean=pl.col("difference").abs().mean(),
    )
    _view = {"mark": "bars", "x": "year", "y": "difference", "panel": "nation"}
    lab.step(1, lab.plot("difference", _yearly, _view), lab.table("agreement", _each))
    return


@app.cell
def _(lab):
    per = lab.slider("per", 100, 10000, 1000, step=100)
    per
    return (per,)


@app.cell
def _(lab, per, pl):
    _counted = lab.frame("counted")
    _people = (pl.col("population_start") + pl.col("population_end")) / 2
    _scale = per.value / _people / (pl.col("end") - pl.col("start"))
    _rates = _counted.select(
        "nation",
        "start",
        "end",
        "net_migration",
        per_chosen=pl.col("net_migration") * _scale,
        low=pl.col("low") * _scale,
        high=pl.col("high") * _scale,
    )
    _view = {"mark": "dots", "x": "per_chosen", "y": "nation", "low": "low", "high": "high"}
    _kept = {"per_chosen": 1, "low": 1, "high": 1}
    lab.step(2, lab.plot("rates", _rates, _view), lab.table("rates", _rates, decimals=_kept), per=per.value)
    return


@app.cell
def _(lab, pl):
    _foreseen = lab.frame("foreseen")
    _error = (pl.col("low") + pl.col("high")) / 2 - pl.col("value")
    _missed = _foreseen.select("nation", "horizon", "value", persons=_error, miss=100 * _error / pl.col("value"))
    _last = _missed.filter(pl.col("horizon") == pl.col("horizon").max())
    _view = {"mark": "bars", "x": "nation", "y": "miss"}
    lab.step(3, lab.plot("missed", _last, _view), lab.table("missed", _missed, decimals={"miss": 1}))
    return


@app.cell
def _(lab):
    first = lab.answer("second-1")
    lab.exercise(first)
    return (first,)


@app.cell
def _(first, lab):
    lab.verdict(first)
    return


@app.cell
def _(lab):
    second = lab.answer("second-2")
    lab.exercise(second)
    return (second,)


@app.cell
def _(lab, second):
    lab.verdict(second)
    return


@app.cell
def _(lab):
    third = lab.answer("second-3")
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
