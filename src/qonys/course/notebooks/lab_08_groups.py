import marimo

app = marimo.App(width="medium", html_head_file="head.html")


@app.cell
def _():
    import polars as pl

    import qonys

    lab = qonys.course.lab("groups")
    lab.opening()
    return lab, pl, qonys


@app.cell
def _(lab):
    guess = lab.choice("guess", lab.options("", "gain", "loss", "unsure"))
    guess
    return (guess,)


@app.cell
def _(lab):
    lab.data("composition", decimals={"share_first": 1, "share_last": 1})
    return


@app.cell
def _(lab, pl, qonys):
    table = lab.frame("composition")
    before, after = (
        qonys.diversity(table.select(group="ethnic_group", value=column)).frame.filter(
            pl.col("index") == "fractionalisation"
        )
        for column in ("first", "last")
    )
    lab.step(
        1,
        lab.plot("growth", table, {"mark": "dots", "x": "growth", "y": "ethnic_group"}),
        before=lab.number(before["value"][0], 2),
        after=lab.number(after["value"][0], 2),
    )
    return


@app.cell
def _(lab):
    bounds = lab.frame("bounds")
    groups = lab.frame("composition")["ethnic_group"].to_list()
    group = lab.choice("group", lab.options("ethnic_group", *groups))
    group
    return bounds, group


@app.cell
def _(bounds, group, lab, pl):
    chosen = bounds.filter(pl.col("ethnic_group") == group.value).sort("start")
    shown = chosen.select("start", "end", "growth", "natural_low", "natural_high", "rest_low", "rest_high")
    known = chosen["sign_known"].sum()
    lab.step(2, lab.table("bounds", shown), known=known, periods=chosen.height)
    return (chosen,)


@app.cell
def _(chosen, lab, pl):
    middle = chosen.select(
        end="end", rest=(pl.col("rest_low") + pl.col("rest_high")) / 2, low="rest_low", high="rest_high"
    )
    bars = lab.plot("rest", middle, {"mark": "bars", "x": "end", "y": "rest", "low": "low", "high": "high"})
    lab.step(3, bars)
    return


@app.cell
def _(lab):
    first = lab.answer("groups-1")
    lab.exercise(first)
    return (first,)


@app.cell
def _(first, lab):
    lab.verdict(first)
    return


@app.cell
def _(lab):
    second = lab.answer("groups-2")
    lab.exercise(second)
    return (second,)


@app.cell
def _(lab, second):
    lab.verdict(second)
    return


@app.cell
def _(lab):
    third = lab.answer("groups-3")
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
