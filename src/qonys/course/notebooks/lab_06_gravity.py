import marimo

app = marimo.App(width="medium", html_head_file="head.html")


@app.cell
def _():
    import polars as pl

    import qonys

    lab = qonys.course.lab("gravity")
    lab.opening()
    return lab, pl, qonys


@app.cell
def _(lab):
    guess = lab.choice("guess", lab.options("", "ols", "ppml", "alike"))
    guess
    return (guess,)


@app.cell
def _(lab):
    lab.data("largest")
    return


@app.cell
def _(lab, pl):
    flows = lab.frame("flows")
    bands = (
        flows.with_columns(band=500 * (pl.col("distance") // 500))
        .group_by("band")
        .agg(pl.col("value").mean().alias("mean_flow"))
        .sort("band")
    )
    bars = lab.plot("bands", bands, {"mark": "bars", "x": "band", "y": "mean_flow"})
    near = flows.filter(pl.col("distance") < 500)["value"].sum() / flows["value"].sum()
    lab.step(1, bars, near=lab.percent(near, 0), pairs=flows.height)
    return (flows,)


@app.cell
def _(flows, lab, qonys):
    ends = ["origin", "destination"]
    ppml = qonys.gravity(flows, log="distance", effects=ends, engine="own").in_language(lab.language)
    shown = ppml.frame.select("estimate", "error", "low", "high")
    places = dict.fromkeys(shown.columns, 3)
    lab.step(2, lab.table("ppml", shown, decimals=places))
    return ends, places


@app.cell
def _(lab):
    least = lab.slider("least", 0, 1000, 0, step=50)
    least
    return (least,)


@app.cell
def _(ends, flows, lab, least, pl, places, qonys):
    kept = flows.filter(pl.col("value") > least.value)
    rows = []
    for engine in ("own", "ols"):
        fit = qonys.gravity(kept, log="distance", effects=ends, engine=engine).frame
        rows.append(fit.select("estimate", "error", "low", "high").with_columns(method=pl.lit(engine)))
    both = pl.concat(rows).select("method", "estimate", "error", "low", "high")
    dots = lab.plot("both", both, {"mark": "dots", "x": "estimate", "y": "method", "low": "low", "high": "high"})
    lab.step(3, lab.table("both", both, decimals=places), dots, kept=kept.height, pairs=flows.height)
    return


@app.cell
def _(lab):
    first = lab.answer("gravity-1")
    lab.exercise(first)
    return (first,)


@app.cell
def _(first, lab):
    lab.verdict(first)
    return


@app.cell
def _(lab):
    second = lab.answer("gravity-2")
    lab.exercise(second)
    return (second,)


@app.cell
def _(lab, second):
    lab.verdict(second)
    return


@app.cell
def _(lab):
    third = lab.answer("gravity-3")
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
