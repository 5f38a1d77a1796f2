import marimo

app = marimo.App(width="medium", html_head_file="head.html")


@app.cell
def _():
    import polars as pl

    import qonys

    lab = qonys.course.lab("stratification")
    lab.opening()
    return lab, pl, qonys


@app.cell
def _(lab):
    guess = lab.choice("guess", lab.options("", "first", "second", "unsure"))
    guess
    return (guess,)


@app.cell
def _(lab):
    lab.data("groups", decimals={"share": 1})
    return


@app.cell
def _(lab, pl, qonys):
    places = lab.frame("places")
    _mixed = qonys.diversity(places.select("group", "value").group_by("group").sum())
    _row = dict(_mixed.frame.select("index", "value").rows())
    _own = places.with_columns(share=100 * pl.col("value") / pl.col("value").sum().over("region"))
    _most = _own.filter(pl.col("value") == pl.col("value").max().over("region")).select("region", "group", "share")
    _estimates = lab.number(_row["groups"], 1)
    lab.step(
        1,
        lab.table("largest", _most.sort("share"), decimals={"share": 0}),
        chance=lab.percent(_row["fractionalisation"]),
        effective=_estimates,
    )
    return


@app.cell
def _(lab, qonys):
    found = qonys.segregation(lab.frame("places")).in_language(lab.language)
    _groups = found.table("groups").sort("people", descending=True).head(10)
    _shown = _groups.select("group", "people", "d", "low", "high", "isolation")
    _drawn = lab.plot("uneven", _groups, {"mark": "dots", "x": "d", "y": "group", "low": "low", "high": "high"})
    lab.step(2, _drawn, lab.table("uneven", _shown, decimals={"d": 2, "low": 2, "high": 2, "isolation": 2}))
    return


@app.cell
def _(lab):
    people = lab.slider("people", 500, 5000, 1000, step=500)
    people
    return (people,)


@app.cell
def _(lab, people, pl, qonys):
    _largest = lab.frame("groups")["group"].head(3).to_list()
    _all = lab.frame("places").filter(pl.col("group").is_in(_largest))
    _few = _all.with_columns(value=(pl.col("value") * people.value / _all["value"].sum()).round())
    _found = qonys.segregation(_few).in_language(lab.language)
    _rows = _found.frame.select("index", "raw", "chance", "value", "low", "high")
    _kept = dict.fromkeys(("raw", "chance", "value", "low", "high"), 2)
    lab.step(3, lab.table("sample", _rows, decimals=_kept), people=int(people.value))
    return


@app.cell
def _(lab, qonys):
    _people = lab.frame("respondents")
    _relations = ["family", "friend", "neighbour", "colleague", "citizen"]
    _near = (
        qonys.social_distance(_people, _relations, "yes", group="group")
        .in_language(lab.language)
        .frame.drop_nulls("group")
    )
    _drawn = lab.plot("near", _near, {"mark": "dots", "x": "mean", "y": "group", "low": "low", "high": "high"})
    _shown = _near.select("group", "mean", "se", "low", "high", "reproducibility")
    _kept = dict.fromkeys(_shown.columns, 2)
    _each = _people.height // _near.height
    lab.step(4, _drawn, lab.table("near", _shown, decimals=_kept), people=_each, relations=len(_relations))
    return


@app.cell
def _(lab):
    first = lab.answer("stratification-1")
    lab.exercise(first)
    return (first,)


@app.cell
def _(first, lab):
    lab.verdict(first)
    return


@app.cell
def _(lab):
    second = lab.answer("stratification-2")
    lab.exercise(second)
    return (second,)


@app.cell
def _(lab, second):
    lab.verdict(second)
    return


@app.cell
def _(lab):
    third = lab.answer("stratification-3")
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
