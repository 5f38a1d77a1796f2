import marimo

app = marimo.App(width="medium", html_head_file="head.html")


@app.cell
def _():
    import polars as pl

    import qonys

    lab = qonys.course.lab("stocks")
    lab.opening()
    return lab, pl, qonys


@app.cell
def _(lab):
    guess = lab.choice("guess", lab.options("", "minimum", "pseudo_bayes", "independence"))
    guess
    return (guess,)


@app.cell
def _(lab):
    lab.data("born_here")
    return


@app.cell
def _(lab, pl, qonys):
    stocks = lab.frame("both_stocks")
    start, end = stocks["time"].min(), stocks["time"].max()
    vital = lab.frame("events").with_columns(time=pl.lit(start))
    home = qonys.country(lab.pack).code
    born = lab.frame("born_here")
    fallen = born.filter(pl.col("difference") < 0).height
    bars = lab.plot("change", born.head(8), {"mark": "dots", "x": "difference", "y": "country"})
    lab.step(1, bars, start=start, end=end, fallen=fallen, places=born.height)
    return home, stocks, vital


@app.cell
def _(lab):
    method = lab.choice("method", lab.options("", "minimum", "pseudo_bayes", "independence"))
    method
    return (method,)


@app.cell
def _(qonys, stocks, vital):
    estimates = {
        name: qonys.flows_from_stocks(stocks, vital=vital, method=name, system="open", missing="zero").frame
        for name in ("minimum", "pseudo_bayes", "independence")
    }
    return (estimates,)


@app.cell
def _(estimates, home, lab, method, pl):
    found = estimates[method.value]
    arriving = found.filter((pl.col("destination") == home) & (pl.col("origin") != home))
    leaving = found.filter((pl.col("origin") == home) & (pl.col("destination") != home))
    flows = (
        arriving.select(country="origin", arrivals="value")
        .join(leaving.select(country="destination", departures="value"), on="country", how="full", coalesce=True)
        .filter((pl.col("arrivals") > 0) | (pl.col("departures") > 0))
        .sort("arrivals", descending=True)
        .head(12)
    )
    lab.step(
        2,
        lab.table("flows", flows),
        arrivals=lab.number(arriving["value"].sum()),
        departures=lab.number(leaving["value"].sum()),
    )
    return


@app.cell
def _(estimates, home, lab, pl):
    totals = []
    for name_of_method, table in estimates.items():
        into = table.filter((pl.col("destination") == home) & (pl.col("origin") != home))["value"].sum()
        out = table.filter((pl.col("origin") == home) & (pl.col("destination") != home))["value"].sum()
        totals.append((name_of_method, into, out, into - out))
    methods = pl.DataFrame(totals, schema=["method", "arrivals", "departures", "net"], orient="row")
    lab.step(3, lab.table("methods", methods))
    return


@app.cell
def _(lab):
    first = lab.answer("stocks-1")
    lab.exercise(first)
    return (first,)


@app.cell
def _(first, lab):
    lab.verdict(first)
    return


@app.cell
def _(lab):
    second = lab.answer("stocks-2")
    lab.exercise(second)
    return (second,)


@app.cell
def _(lab, second):
    lab.verdict(second)
    return


@app.cell
def _(lab):
    third = lab.answer("stocks-3")
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
