import marimo

app = marimo.App(width="medium", html_head_file="head.html")


@app.cell
def _():
    import polars as pl

    import qonys

    lab = qonys.course.lab("monitor")
    lab.opening()
    return lab, pl, qonys


@app.cell
def _(lab):
    guess = lab.choice("guess", lab.options("", "green", "yellow", "red"))
    guess
    return (guess,)


@app.cell
def _(lab):
    lab.data("released")
    return


@app.cell
def _(lab):
    released = lab.frame("released")
    _view = {"mark": "line", "x": "to_day", "y": "expected", "low": "low", "high": "high", "points": "value"}
    _beyond = released.filter((released["value"] > released["high"]) | (released["value"] < released["low"])).height
    lab.step(1, lab.plot("released", released, _view), many=released.height, beyond=_beyond)
    return


@app.cell
def _(lab):
    chance = lab.slider("chance", 1, 20, 5)
    chance
    return (chance,)


@app.cell
def _(chance, lab, pl):
    _chance = chance.value / 100
    _curve = pl.DataFrame(
        {"releases": range(1, 61), "share": [100 * (1 - (1 - _chance) ** many) for many in range(1, 61)]}
    )
    _line = lab.plot("chance", _curve, {"mark": "line", "x": "releases", "y": "share"})
    lab.step(2, _line, chance=chance.value, twelve=lab.number(_curve["share"][11]))
    return


@app.cell
def _(lab):
    base = lab.slider("base", 12, 60, 24, step=12)
    base
    return (base,)


@app.cell
def _(lab):
    rate = lab.slider("rate", 1, 30, 5)
    rate
    return (rate,)


@app.cell
def _(base, lab, qonys, rate):
    _mean = float(lab.frame("released")["value"].mean())
    _monitor = qonys.country(lab.pack).monitor()
    _found = _monitor.calibrate(base=int(base.value), mean=_mean, chance=rate.value / 100)
    _chart = _found.filter(_found["chart"] == "predictive").select("change", "limit", "delay", "missed")
    _small = _monitor.calibrate(base=int(base.value), mean=100.0, dispersion=4.0, chance=rate.value / 100)
    _both = _small.select("chart", "limit", "change", "delay", "missed")
    _kept = {"limit": 2, "change": 2, "delay": 0, "missed": 2}
    _limit = lab.number(_chart["limit"][0], 2)
    _shown = lab.table("charts", _both, decimals=_kept)
    lab.step(3, _shown, base=int(base.value), chance=rate.value, limit=_limit)
    return


@app.cell
def _(lab, qonys):
    _status = qonys.country(lab.pack).monitor(language=lab.language).status()
    _rows = _status.select("indicator", "value", "low", "high", "light", "events")
    lab.step(4, lab.table("status", _rows))
    return


@app.cell
def _(lab):
    first = lab.answer("monitor-1")
    lab.exercise(first)
    return (first,)


@app.cell
def _(first, lab):
    lab.verdict(first)
    return


@app.cell
def _(lab):
    second = lab.answer("monitor-2")
    lab.exercise(second)
    return (second,)


@app.cell
def _(lab, second):
    lab.verdict(second)
    return


@app.cell
def _(lab):
    third = lab.answer("monitor-3")
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
