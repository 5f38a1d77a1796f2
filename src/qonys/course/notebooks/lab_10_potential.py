import marimo

app = marimo.App(width="medium", html_head_file="head.html")


@app.cell
def _():
    import polars as pl

    import qonys

    lab = qonys.course.lab("potential")
    lab.opening()
    return lab, pl, qonys


@app.cell
def _(lab):
    guess = lab.choice("guess", lab.options("", "most", "some", "few"))
    guess
    return (guess,)


@app.cell
def _(lab):
    lab.data("said", "by_age", "left", decimals={"share": 1})
    return


@app.cell
def _(lab):
    _said = lab.frame("said")
    _view = {"mark": "dots", "x": "share", "y": "answer"}
    _low, _high = _said["share"].min(), _said["share"].max()
    lab.step(
        1, lab.plot("said", _said, _view), surveys=_said.height, low=lab.number(_low, 1), high=lab.number(_high, 1)
    )
    return


@app.cell
def _(lab):
    heavier = lab.slider("heavier", 1, 10, 4)
    heavier
    return (heavier,)


@app.cell
def _(heavier, lab, pl, qonys):
    _people = lab.frame("respondents").with_columns(
        weight=pl.when(pl.col("place") == "village").then(250.0 * heavier.value).otherwise(250.0)
    )
    _plain = qonys.survey_design(_people.drop("weight"), strata="place")
    _design = qonys.survey_design(_people, weight="weight", strata="place")
    _estimates = [
        qonys.survey_table(one, "goes").frame.filter(pl.col("answer") == "yes").row(0, named=True)
        for one in (_plain, _design)
    ]
    _rows = pl.DataFrame(
        {
            "what": ["unweighted", "weighted"],
            "share": [100 * one["estimate"] for one in _estimates],
            "se": [100 * one["se"] for one in _estimates],
            "deff": [one["deff"] for one in _estimates],
        }
    )
    lab.step(
        2,
        lab.table("shares", _rows, decimals={"share": 1, "se": 2, "deff": 2}),
        people=_people.height,
        heavier=int(heavier.value),
    )
    return


@app.cell
def _(lab):
    rate = lab.slider("rate", 5, 100, 30, step=5)
    rate
    return (rate,)


@app.cell
def _(lab, qonys, rate):
    _people = lab.frame("respondents")
    _share = rate.value / 100
    _design = qonys.survey_design(_people, weight="weight")
    _found = qonys.migration_potential(_design, "goes", "yes", "place", rate=(_share / 2, _share, "lab"))
    _found = _found.in_language(lab.language)
    _rows = _found.frame.drop_nulls("group").select("group", "people", "share", "low", "middle", "high")
    _rows = _rows.with_columns(share=100 * _rows["share"])
    _view = {"mark": "dots", "x": "middle", "y": "group", "low": "low", "high": "high"}
    lab.step(
        3,
        lab.plot("potential", _rows, _view),
        lab.table("potential", _rows, decimals={"share": 1}),
        rate=rate.value,
        half=lab.number(rate.value / 2, 1),
    )
    return


@app.cell
def _(lab):
    first = lab.answer("potential-1")
    lab.exercise(first)
    return (first,)


@app.cell
def _(first, lab):
    lab.verdict(first)
    return


@app.cell
def _(lab):
    second = lab.answer("potential-2")
    lab.exercise(second)
    return (second,)


@app.cell
def _(lab, second):
    lab.verdict(second)
    return


@app.cell
def _(lab):
    third = lab.answer("potential-3")
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
