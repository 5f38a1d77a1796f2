import marimo

app = marimo.App(width="medium", html_head_file="head.html")


@app.cell
def _():
    import polars as pl

    import qonys

    lab = qonys.course.lab("sources")
    lab.opening()
    return lab, pl


@app.cell
def _(lab):
    guess = lab.choice("guess", lab.options("", "register", "model", "neither"))
    guess
    return (guess,)


@app.cell
def _(lab):
    lab.data("yearly")
    return


@app.cell
def _(lab, pl):
    yearly = lab.frame("yearly")
    long = yearly.unpivot(["register", "model"], index="year", variable_name="speaker", value_name="net_migration")
    view = {"mark": "line", "x": "year", "y": "net_migration", "colour": "speaker"}
    opposite = yearly.filter(pl.col("register").sign() != pl.col("model").sign()).height
    lab.step(1, lab.plot("yearly", long, view), opposite=opposite, years=yearly.height)
    return (yearly,)


@app.cell
def _(lab, yearly):
    span = lab.slider("span", 1, yearly.height, min(5, yearly.height))
    span
    return (span,)


@app.cell
def _(lab, pl, span, yearly):
    sizes = yearly.select("year", "difference").tail(int(span.value))
    mean = sizes["difference"].abs().mean()
    signed = sizes["difference"].mean()
    bars = lab.plot("difference", sizes, {"mark": "bars", "x": "year", "y": "difference"})
    lab.step(2, bars, years=sizes.height, mean=lab.number(mean), signed=lab.number(signed))
    return


@app.cell
def _(lab):
    period = lab.frame("period")
    width = (period["high"][0] - period["low"][0]) / 2
    lab.step(3, lab.table("period", period), width=lab.number(width))
    return


@app.cell
def _(lab):
    first = lab.answer("sources-1")
    lab.exercise(first)
    return (first,)


@app.cell
def _(first, lab):
    lab.verdict(first)
    return


@app.cell
def _(lab):
    second = lab.answer("sources-2")
    lab.exercise(second)
    return (second,)


@app.cell
def _(lab, second):
    lab.verdict(second)
    return


@app.cell
def _(lab):
    third = lab.answer("sources-3")
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
