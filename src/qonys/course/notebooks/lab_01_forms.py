import marimo

app = marimo.App(width="medium", html_head_file="head.html")


@app.cell
def _():
    import polars as pl

    import qonys

    lab = qonys.course.lab("forms")
    lab.opening()
    return lab, pl, qonys


@app.cell
def _(lab):
    guess = lab.choice("guess", lab.options("", "internal", "immigrant_foreign", "emigrant_national", "temporary_in"))
    guess
    return (guess,)


@app.cell
def _(lab):
    lab.data("moves")
    return


@app.cell
def _(lab, pl, qonys):
    moves = lab.frame("moves")
    home = qonys.country(lab.pack).code
    kin = lab.kin
    records = moves.drop("move").with_columns(ethnic_group=pl.when(moves["move"] == 1).then(pl.lit(kin)))
    found = qonys.classify_forms(records, home=home, kin_groups=kin, language=lab.language).frame
    forms = moves.select("move", "cause", "stay_months").with_columns(form=found["form"], why=found["form_why"])
    lab.step(1, lab.table("forms", forms), forms=forms["form"].n_unique())
    return found, home, kin, moves, records


@app.cell
def _(found, lab, moves):
    classes = moves.select("move", "citizenship", "stay_months").with_columns(un_class=found["un_class"])
    lab.step(2, lab.table("classes", classes))
    return


@app.cell
def _(lab):
    months = lab.slider("months", 1, 24, 12)
    months
    return (months,)


@app.cell
def _(home, kin, lab, months, pl, qonys, records):
    again = qonys.classify_forms(records, home=home, kin_groups=kin, resident_months=float(months.value)).frame
    sizes = again.group_by("un_class").len("moves").sort("un_class")
    immigrants = again["un_class"].cast(pl.String).str.starts_with("immigrant").sum()
    lab.step(3, lab.table("threshold", sizes, months=months.value), months=months.value, immigrants=immigrants)
    return


@app.cell
def _(lab):
    first = lab.answer("forms-1")
    lab.exercise(first)
    return (first,)


@app.cell
def _(first, lab):
    lab.verdict(first)
    return


@app.cell
def _(lab):
    second = lab.answer("forms-2")
    lab.exercise(second)
    return (second,)


@app.cell
def _(lab, second):
    lab.verdict(second)
    return


@app.cell
def _(guess, lab, second):
    lab.compare(guess, second)
    return


@app.cell
def _(lab):
    third = lab.answer("forms-3")
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
