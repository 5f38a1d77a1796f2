"""Columns and rows of a matrix without a row or column of their name: sums are left out, others are asked about."""


import pytest

ROWS = {"А": (0, 10, 20, 30), "Б": (5, 0, 6, 7), "В": (1, 2, 0, 3), "Г": (4, 4, 4, 0)}


def matrix(extra=(), rows=(), corner="откуда\\куда"):
    lines = [";".join((corner, *ROWS, *extra))]
    lines += [";".join(map(str, (a, *n, *(sum(n) + i * 7 for i in range(len(extra)))))) for a, n in ROWS.items()]
    lines += [";".join((a, *("4" for _ in (*ROWS, *extra)))) for a in rows]
    return "\n".join(lines) + "\n"


@pytest.fixture
def read(read):
    """Exit code, rows and what is said of a matrix."""

    def call(text, *arguments, name="flows components"):
        return read(text, name, *arguments)

    return call


@pytest.mark.parametrize("corner", ["откуда\\куда", "откуда"])
@pytest.mark.parametrize("sums", [("Число прибывших",), ("Выбыло из региона", "Сальдо миграции"), ("Прибыло, чел.",)])
def test_sums_are_left_out_by_their_words(read, corner, sums):
    code, rows, err = read(matrix(sums, corner=corner))
    assert (code, rows) == (0, read(matrix())[1]), err
    assert f"sums of the matrix and have no row of their own were left out: {', '.join(sums)}" in err


def test_a_total_is_left_out_although_another_column_spoils_the_sum(read):
    code, _, err = read(matrix(("Внешняя миграция", "Число прибывших")))
    assert (code, "--exclude 'destination=Внешняя миграция'" in err, "прибывших" in err) == (1, True, False), err
    code, rows, err = read(matrix(("Внешняя миграция", "Число прибывших")), "--exclude", "destination=Внешняя миграция")
    assert (code, rows) == (0, read(matrix())[1]), err


@pytest.mark.parametrize("name", ["flows components", "indicators"])
def test_places_without_a_row_or_column_are_asked_about(read, name):
    text = matrix(("Прочие страны",), ("Неизвестно",))
    code, _, err = read(text, name=name)
    assert (code, "--keep 'destination=Прочие страны' --keep 'origin=Неизвестно'" in err) == (1, True), err
    out = ("--exclude", "destination=Прочие страны", "--exclude", "origin=Неизвестно")
    assert read(text, *out, name=name)[:2] == (0, read(matrix(), name=name)[1])
    kept = ("--keep", "destination=Прочие страны", "--keep", "origin=Неизвестно")
    assert read(text, *kept, name=name)[0] == 0


def test_rows_of_a_named_column(read):
    text = matrix((), ("Неизвестно",), corner="откуда")
    code, _, err = read(text)
    assert (code, "--exclude 'откуда=Неизвестно'" in err) == (1, True), err
    assert read(text, "--exclude", "откуда=Неизвестно")[:2] == (0, read(matrix())[1])
    assert read(text, "--keep", "откуда=Неизвестно")[0] == 0
