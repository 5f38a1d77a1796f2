import marimo

app = marimo.App(width="medium", html_head_file="head.html")


@app.cell
def _():
    import polars as pl

    import qonys

    lab = qonys.course.lab("trend")
    lab.opening()
    return lab, pl, qonys


@app.cell
def _(lab):
    guess = lab.choice("guess", lab.options("", "one", "several", "none"))
    guess
    return (guess,)


@app.cell
def _(lab):
    lab.data("yearly", "dated")
    return


@app.cell
def _(lab, pl):
    yearly = lab.frame("yearly")
    turns = yearly.filter(pl.col("value").sign() != pl.col("value").shift(1).sign()).height
    view = {"mark": "line", "x": "time", "y": "value"}
    lab.step(1, lab.plot("yearly", yearly, view), years=yearly.height, turns=turns)
    return (yearly,)


@app.cell
def _(lab):
    most = lab.slider("most", 1, 5, 3)
    most
    return (most,)


@app.cell
def _(lab, most, pl, qonys, yearly):
    events = lab.frame("dated").rename({"event": "id"})
    broken = qonys.breaks(yearly, most=int(most.value), events=events).in_language(lab.language)
    dates = broken.frame.select(
        "date",
        pl.col("low").alias("not_before"),
        pl.col("high").alias("not_after"),
        pl.col("before").alias("level_before"),
        pl.col("after").alias("level_after"),
        "change",
    )
    lab.step(2, lab.table("breaks", dates), most=int(most.value), found=dates.height)
    return (broken,)


@app.cell
def _(broken, lab, pl):
    found = broken.tables.get("events", pl.DataFrame())
    near = found.drop_nulls("event") if found.width else found
    columns = [name for name in ("date", "low", "high", "event", "distance") if name in near.columns]
    near = near.select(columns).rename({"low": "not_before", "high": "not_after", "distance": "apart"}, strict=False)
    shown = (lab.table("near", near),) if near.height else ()
    lab.step(3, *shown, near=near.height)
    return


@app.cell
def _(lab):
    responses = lab.slider("responses", 0, 5, 2)
    responses
    return (responses,)


@app.cell
def _(lab, qonys, responses, yearly):
    dated = lab.frame("dated").rename({"event": "id"})
    split = qonys.trend_and_shock(yearly, dated, most=int(responses.value)).in_language(lab.language)
    shares = split.table("shares").select("component", "share")
    shares = shares.with_columns(share=100 * shares["share"])
    drawn = lab.chart("split", split.plot())
    lab.step(4, drawn, lab.table("shares", shares, decimals={"share": 0}), responses=int(responses.value))
    return


@app.cell
def _(lab):
    first = lab.answer("trend-1")
    lab.exercise(first)
    return (first,)


@app.cell
def _(first, lab):
    lab.verdict(first)
    return


@app.cell
def _(lab):
    second = lab.answer("trend-2")
    lab.exercise(second)
    return (second,)


@app.cell
def _(lab, second):
    lab.verdict(second)
    return


@app.cell
def _(lab):
    third = lab.answer("trend-3")
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
