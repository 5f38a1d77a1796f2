import marimo

app = marimo.App(width="medium", html_head_file="head.html")


@app.cell
def _():
    import polars as pl

    import qonys

    lab = qonys.course.lab("settling")
    lab.opening()
    return lab, pl, qonys


@app.cell
def _(lab):
    guess = lab.choice("guess", lab.options("", "differ", "alike"))
    guess
    return (guess,)


@app.cell
def _(lab):
    lab.data("first", decimals={"years": 1})
    return


@app.cell
def _(lab, pl):
    stays = lab.frame("stays")
    ends = (
        stays.select(outcome=pl.col("end").fill_null("stay"))
        .group_by("outcome")
        .len("people")
        .sort("people", descending=True)
    )
    remaining = stays["end"].is_null().sum()
    lab.step(
        1, lab.table("ends", ends), all=stays.height, remaining=remaining, share=lab.percent(remaining / stays.height)
    )
    return (stays,)


@app.cell
def _(lab):
    years = lab.slider("years", 1, 8, 5)
    years
    return (years,)


@app.cell
def _(lab, qonys, stays, years):
    found = qonys.settling(stays, years=[years.value]).in_language(lab.language)
    row = found.frame.row(0, named=True)
    curve = found.table("curve")
    line = lab.plot("curve", curve, {"mark": "line", "x": "years", "y": "settled", "low": "low", "high": "high"})
    lab.step(
        2,
        line,
        years=years.value,
        settled=lab.percent(row["settled"]),
        low=lab.percent(row["low"]),
        high=lab.percent(row["high"]),
        risk=row["at_risk"],
    )
    return


@app.cell
def _(lab, pl, qonys, stays):
    groups = qonys.settling(stays, years=[1, 3, 5], by="kin").in_language(lab.language)
    shares = groups.frame.select(
        kin="group", years="years", settled=100 * pl.col("settled"), low=100 * pl.col("low"), high=100 * pl.col("high")
    )
    bars = lab.plot(
        "groups", shares, {"mark": "bars", "x": "years", "y": "settled", "low": "low", "high": "high", "colour": "kin"}
    )
    p = groups.table("test")["p"][0]
    shown = f"< {lab.number(0.001, 3)}" if p < 0.001 else lab.number(p, 3)
    places = {"settled": 1, "low": 1, "high": 1}
    lab.step(3, lab.table("groups", shares, decimals=places), bars, p=shown)
    return


@app.cell
def _(lab):
    first = lab.answer("settling-1")
    lab.exercise(first)
    return (first,)


@app.cell
def _(first, lab):
    lab.verdict(first)
    return


@app.cell
def _(lab):
    second = lab.answer("settling-2")
    lab.exercise(second)
    return (second,)


@app.cell
def _(lab, second):
    lab.verdict(second)
    return


@app.cell
def _(lab):
    third = lab.answer("settling-3")
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
