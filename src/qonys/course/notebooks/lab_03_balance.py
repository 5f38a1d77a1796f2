import marimo

app = marimo.App(width="medium", html_head_file="head.html")


@app.cell
def _():
    import polars as pl

    import qonys

    lab = qonys.course.lab("balance")
    lab.opening()
    return lab, pl, qonys


@app.cell
def _(lab):
    guess = lab.choice("guess", lab.options("", "gain", "loss", "unsure"))
    guess
    return (guess,)


@app.cell
def _(lab):
    lab.data("counts")
    return


@app.cell
def _(lab, qonys):
    counts, vital = lab.frame("counts"), lab.frame("vital")
    change = qonys.components_of_change(counts, vital).in_language(lab.language)
    table = change.frame.select("start", "end", "population_start", "births", "deaths", "population_end")
    lab.step(1, lab.table("account", table), periods=change.frame.height)
    return change, counts, vital


@app.cell
def _(change, lab):
    found = change.frame.select("start", "end", "natural", "net_migration", "low", "high")
    lab.step(2, lab.table("residual", found), lab.chart("residual", change.plot()))
    return


@app.cell
def _(lab):
    error = lab.slider("error", 0.0, 3.0, 0.5, step=0.1)
    error
    return (error,)


@app.cell
def _(counts, error, lab, pl, qonys, vital):
    wider = counts.with_columns(sd=pl.col("value") * error.value / 100)
    again = qonys.components_of_change(wider, vital).in_language(lab.language)
    unsure = again.frame.filter((pl.col("low") < 0) & (pl.col("high") > 0)).height
    lab.step(
        3,
        lab.chart("error", again.plot(), error=error.value),
        error=error.value,
        unsure=unsure,
        periods=again.frame.height,
    )
    return


@app.cell
def _(change, lab, pl):
    share = change.frame.select("start", "end", "natural", "net_migration").with_columns(
        share=-100 * pl.col("net_migration") / pl.col("natural")
    )
    lab.step(4, lab.table("share", share, decimals={"share": 1}))
    return


@app.cell
def _(lab):
    first = lab.answer("balance-1")
    lab.exercise(first)
    return (first,)


@app.cell
def _(first, lab):
    lab.verdict(first)
    return


@app.cell
def _(lab):
    second = lab.answer("balance-2")
    lab.exercise(second)
    return (second,)


@app.cell
def _(lab, second):
    lab.verdict(second)
    return


@app.cell
def _(lab):
    third = lab.answer("balance-3")
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
