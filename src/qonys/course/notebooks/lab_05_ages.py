import marimo

app = marimo.App(width="medium", html_head_file="head.html")


@app.cell
def _():
    import polars as pl

    import qonys

    lab = qonys.course.lab("ages")
    lab.opening()
    return lab, pl, qonys


@app.cell
def _(lab):
    guess = lab.choice("guess", lab.options("", "identified", "unidentified"))
    guess
    return (guess,)


@app.cell
def _(lab):
    lab.data("rates", decimals={"rate": 1})
    return


@app.cell
def _(lab, pl):
    every = lab.frame("every").with_columns(rate=1000 * pl.col("rate"))
    starts = every["start"].unique().sort().to_list()
    worst = every.group_by("start").agg(pl.col("value").sum()).sort("value", "start")["start"][0]
    start = lab.slider("start", starts[0], starts[-1], worst, step=starts[1] - starts[0])
    start
    return every, start


@app.cell
def _(every, lab, pl, start):
    chosen = every.filter(pl.col("start") == start.value)
    low, high = chosen["start"][0], chosen["end"][0]
    bars = lab.plot("rates", chosen, {"mark": "bars", "x": "age_start", "y": "rate"}, start=low, end=high)
    lab.step(1, bars, start=low, end=high, total=lab.number(chosen["value"].sum()))
    return


@app.cell
def _(lab, pl, qonys):
    rates = lab.frame("rates")
    loss = rates.select("age_start", (pl.col("age_start") + 4).alias("age_end"), value=-pl.col("rate") / 1000)
    fitted = qonys.age_schedule(loss, sizes=[7]).in_language(lab.language)
    curve = fitted.table("curves").with_columns(rate=1000 * pl.col("rate"))
    points = loss.select(age=pl.col("age_start") + 2.5, seen=1000 * pl.col("value"))
    both = curve.select("age", "rate").join(points, on="age", how="left").sort("age")
    picture = lab.plot("fit", both, {"mark": "line", "x": "age", "y": "rate", "points": "seen"})
    lab.step(2, picture, lab.table("parameters", fitted.frame.select("parameter", "value"), decimals={"value": 3}))
    return


@app.cell
def _(lab):
    gmr = lab.slider("gmr", 0.2, 3.0, 1.0, step=0.1)
    gmr
    return (gmr,)


@app.cell
def _(gmr, lab, pl, qonys):
    model = qonys.model_schedule("fundamental", gmr=gmr.value).frame.select("age", rate=1000 * pl.col("rate"))
    peak = model.filter(pl.col("age") >= 15).sort("rate", descending=True)["age"][0]
    picture_of_model = lab.plot("model", model, {"mark": "line", "x": "age", "y": "rate"}, gmr=gmr.value)
    lab.step(3, picture_of_model, gmr=gmr.value, peak=lab.number(peak))
    return


@app.cell
def _(lab):
    first = lab.answer("ages-1")
    lab.exercise(first)
    return (first,)


@app.cell
def _(first, lab):
    lab.verdict(first)
    return


@app.cell
def _(lab):
    second = lab.answer("ages-2")
    lab.exercise(second)
    return (second,)


@app.cell
def _(lab, second):
    lab.verdict(second)
    return


@app.cell
def _(lab):
    third = lab.answer("ages-3")
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
