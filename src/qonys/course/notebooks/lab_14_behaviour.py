import marimo

app = marimo.App(width="medium", html_head_file="head.html")


@app.cell
def _():
    import polars as pl

    import qonys

    lab = qonys.course.lab("behaviour")
    lab.opening()
    return lab, pl, qonys


@app.cell
def _(lab):
    guess = lab.choice("guess", lab.options("", "narrow", "wide", "same"))
    guess
    return (guess,)


@app.cell
def _(lab):
    lab.data("registered")
    return


@app.cell
def _(lab, pl, qonys):
    chain = qonys.migration_behaviour(lab.pack, table="parameters")
    _stages = ["plan", "drop", "move", "settle", "back"]
    _chosen = chain.frame.filter(pl.col("parameter").is_in(_stages)).select("parameter", "mean", "low", "high", "basis")
    means = dict(_chosen.select("parameter", "mean").rows())
    _kept = dict.fromkeys(("mean", "low", "high"), 2)
    lab.step(1, lab.table("chances", _chosen, decimals=_kept), chance=lab.percent(means["move"], 0))
    return (means,)


@app.cell
def _(lab, means):
    move = lab.slider("move", 5, 95, round(100 * means["move"]), step=5)
    move
    return (move,)


@app.cell
def _(lab, move, pl):
    _stay = 1 - move.value / 100
    _years = range(11)
    _curve = pl.DataFrame({"year": list(_years), "value": [100 * (1 - _stay**year) for year in _years]})
    _line = lab.plot("moved", _curve, {"mark": "line", "x": "year", "y": "value"})
    lab.step(2, _line, chance=move.value, sum=3 * move.value, moved=lab.number(100 * (1 - _stay**3)))
    return


@app.cell
def _(lab):
    spread = lab.slider("spread", 0.02, 0.3, 0.1, step=0.01)
    spread
    return (spread,)


@app.cell
def _(lab, pl, spread):
    _limits = 0.25 + spread.value * lab.frame("neighbours")["threshold"]
    _shares = [0.0, (_limits <= 0.0).mean()]
    while _shares[-1] > _shares[-2]:
        _shares.append((_limits <= _shares[-1]).mean())
    _rounds = pl.DataFrame({"round": range(len(_shares)), "share": [100 * share for share in _shares]})
    _line = lab.plot("cascade", _rounds, {"mark": "line", "x": "round", "y": "share"})
    _began, _ended = (lab.percent(_shares[place], 0) for place in (1, -1))
    lab.step(3, _line, spread=lab.number(spread.value, 2), began=_began, ended=_ended, rounds=len(_shares) - 1)
    return


@app.cell
def _(lab):
    first = lab.answer("behaviour-1")
    lab.exercise(first)
    return (first,)


@app.cell
def _(first, lab):
    lab.verdict(first)
    return


@app.cell
def _(lab):
    second = lab.answer("behaviour-2")
    lab.exercise(second)
    return (second,)


@app.cell
def _(lab, second):
    lab.verdict(second)
    return


@app.cell
def _(lab):
    third = lab.answer("behaviour-3")
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
