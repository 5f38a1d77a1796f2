import marimo

app = marimo.App(width="medium", html_head_file="head.html")


@app.cell
def _():
    import polars as pl

    import qonys

    lab = qonys.course.lab("indicators")
    lab.opening()
    return lab, pl, qonys


@app.cell
def _(lab):
    lab.data("margins")
    return


@app.cell
def _(lab, qonys):
    flows, residents = lab.frame("flows"), lab.frame("residents")
    system = qonys.migration_indicators(flows, population=residents).in_language(lab.language)
    return flows, residents, system


@app.cell
def _(lab, pl, system):
    whole = system.frame.filter(pl.col("region").is_null() & pl.col("indicator").is_in(["cmi", "mei", "anmr"]))
    shown = whole.select("indicator", "value", "low", "high")
    lab.step(1, lab.table("system", shown, decimals={"value": 2, "low": 2, "high": 2}))
    return


@app.cell
def _(lab, pl):
    margins = lab.frame("margins").with_columns(net=pl.col("arrivals") - pl.col("departures"))
    rates = margins.select(
        "region",
        arrivals=1000 * pl.col("arrivals") / pl.col("population"),
        departures=1000 * pl.col("departures") / pl.col("population"),
        net=1000 * pl.col("net") / pl.col("population"),
    ).sort("net", descending=True)
    gaining = rates.filter(pl.col("net") > 0).height
    picture = lab.plot("rates", rates, {"mark": "dots", "x": "net", "y": "region"})
    lab.step(2, picture, gaining=gaining, regions=rates.height)
    return (margins,)


@app.cell
def _(lab, margins):
    origin = lab.choice("origin", lab.options("region", *margins["region"].to_list()))
    origin
    return (origin,)


@app.cell
def _(flows, lab, origin, pl, residents):
    leaving = flows.filter(pl.col("origin") == origin.value)
    others = residents.filter(pl.col("region") != origin.value)
    ties = leaving.join(others, left_on="destination", right_on="region").select(
        "destination",
        "value",
        leavers=100 * pl.col("value") / leaving["value"].sum(),
        residents=100 * pl.col("population") / others["population"].sum(),
    )
    ties = ties.with_columns(tie=pl.col("leavers") / pl.col("residents")).sort("tie", descending=True)
    lab.step(
        3,
        lab.table("ties", ties, decimals={"leavers": 1, "residents": 1, "tie": 2}),
        leaving=lab.number(leaving["value"].sum()),
    )
    return


@app.cell
def _(lab):
    first = lab.answer("indicators-1")
    lab.exercise(first)
    return (first,)


@app.cell
def _(first, lab):
    lab.verdict(first)
    return


@app.cell
def _(lab):
    second = lab.answer("indicators-2")
    lab.exercise(second)
    return (second,)


@app.cell
def _(lab, second):
    lab.verdict(second)
    return


@app.cell
def _(lab):
    third = lab.answer("indicators-3")
    lab.exercise(third)
    return (third,)


@app.cell
def _(lab, third):
    lab.verdict(third)
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
