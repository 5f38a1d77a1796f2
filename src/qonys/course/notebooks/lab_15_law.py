import marimo

app = marimo.App(width="medium", html_head_file="head.html")


@app.cell
def _():
    import polars as pl

    import qonys

    lab = qonys.course.lab("law")
    lab.opening()
    return lab, pl, qonys


@app.cell
def _(lab):
    guess = lab.choice("guess", lab.options("", "raised", "lowered", "cannot"))
    guess
    return (guess,)


@app.cell
def _(lab):
    lab.data("yearly", "dated")
    return


@app.cell
def _(lab):
    _known = lab.frame("in_force")
    _shown = (lab.data_table("in_force"),) if _known.height else ()
    lab.step(1, *_shown, values=_known.height)
    return


@app.cell
def _(lab):
    shift = lab.slider("shift", -3, 2, 0)
    shift
    return (shift,)


@app.cell
def _(lab, pl, qonys, shift):
    dated = lab.frame("dated")
    _act = dated.filter(pl.col("mark").is_not_null()).row(0, named=True)
    start = int(_act["start"]) + int(shift.value)
    events = dated.select(pl.col("event").alias("id"), "start", "kind")
    found = qonys.effect(lab.frame("yearly"), start, events=events).in_language(lab.language)
    _step = found.frame.row(0, named=True)
    _rows = found.frame.select("effect", "value", "error", "low", "high")
    _numbers = {name: lab.number(_step[name]) for name in ("value", "low", "high")}
    lab.step(2, lab.chart("path", found.plot()), lab.table("effect", _rows), year=start, **_numbers)
    return (found,)


@app.cell
def _(lab, qonys):
    _rows = lab.frame("dated").drop_nulls("mark")
    _year = int(_rows["start"][0])
    _events = lab.frame("dated").select("event", "start", "kind")
    _given = _events.rename({"event": "id"})
    _found = qonys.effect(lab.frame("yearly"), _year, events=_given)
    _rivals = _found.tables["rivals"].select("event", "start", "distance").rename({"distance": "apart"})
    _others = _rivals.filter(_rivals["event"] != _rows["event"][0])
    _shown = (lab.table("rivals", _others),) if _others.height else ()
    lab.step(3, *_shown, year=_year, rivals=_others.height)
    return


@app.cell
def _(lab, pl, qonys):
    _rows = lab.frame("dated").drop_nulls("mark")
    _year = int(_rows["start"][0])
    _steps = []
    for _other in range(_year - 3, _year + 3):
        _one = qonys.effect(lab.frame("yearly"), _other).frame.row(0, named=True)
        _steps.append((str(_other), _one["value"], _one["low"], _one["high"]))
    _moved = pl.DataFrame(_steps, schema=["year", "value", "low", "high"], orient="row")
    _alike = _moved.filter((pl.col("low") > 0) | (pl.col("high") < 0)).height
    _view = {"mark": "dots", "x": "value", "y": "year", "low": "low", "high": "high"}
    lab.step(4, lab.plot("moved", _moved, _view), years=_moved.height, alike=_alike)
    return


@app.cell
def _(lab):
    first = lab.answer("law-1")
    lab.exercise(first)
    return (first,)


@app.cell
def _(first, lab):
    lab.verdict(first)
    return


@app.cell
def _(lab):
    second = lab.answer("law-2")
    lab.exercise(second)
    return (second,)


@app.cell
def _(lab, second):
    lab.verdict(second)
    return


@app.cell
def _(lab):
    third = lab.answer("law-3")
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
