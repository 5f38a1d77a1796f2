"""Figures in sentences are written as the language writes them, without exponents."""

import pytest

SHARES = 'region,"a, %","b, %"\nA,60,40\nB,70,30\nC,20,80\n'
FLOWS = "origin,destination,value\nA,B,{n}\nB,A,2\nA,C,7\nC,B,3\n"
NET = "region,value\nA,-3\nB,2\nC,1\n"


@pytest.mark.parametrize(("language", "first"), [("en", "0.6"), ("ru", "0,6"), ("kk", "0,6")])
def test_fractions(command, tmp_path, language, first):
    (tmp_path / "own.csv").write_text(SHARES, encoding="utf-8")
    code, _, err = command(tmp_path, "segregation", "own.csv", "--lang", language)
    assert (code, f"{first}" in err.splitlines()[-1]) == (0, True), err


@pytest.mark.parametrize(("language", "most"), [("en", "20,000,000,000"), ("ru", "20\u00a0000\u00a0000\u00a0000"), ("kk", "20\u00a0000\u00a0000\u00a0000")])
def test_bounds(command, tmp_path, language, most):
    (tmp_path / "own.csv").write_text(FLOWS.format(n="300000000000"), encoding="utf-8")
    code, _, err = command(tmp_path, "flows", "components", "own.csv", "--lang", language)
    assert (code, most in err) == (1, True), err


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_small_errors_have_no_exponent(command, tmp_path, language):
    (tmp_path / "own.csv").write_text(FLOWS.format(n="5"), encoding="utf-8")
    (tmp_path / "net.csv").write_text(NET, encoding="utf-8")
    code, _, err = command(tmp_path, "flows", "balance", "own.csv", "--net", "net.csv", "--lang", language)
    assert (code, "e-" in err) == (0, False), err


def test_steps_in_russian(command, tmp_path):
    (tmp_path / "own.csv").write_text(FLOWS.format(n="5"), encoding="utf-8")
    (tmp_path / "net.csv").write_text(NET, encoding="utf-8")
    _, _, err = command(tmp_path, "flows", "balance", "own.csv", "--net", "net.csv", "--lang", "ru")
    assert "шагов: " in err


@pytest.mark.parametrize(("language", "said"), [("ru", ("бутстреп", "переезды", "процент")), ("kk", ("бутстреп", "көшулер", "пайыз"))])
def test_units_and_methods_of_indicators(command, tmp_path, language, said):
    (tmp_path / "own.csv").write_text(FLOWS.format(n="5"), encoding="utf-8")
    code, out, err = command(tmp_path, "indicators", "own.csv", "--lang", language)
    assert (code, [word for word in said if word not in out]) == (0, []), err
    for word in ("bootstrap", "percent", "moves", "wilson"):
        assert word not in out
    assert "percent" in command(tmp_path, "indicators", "own.csv", "--format", "csv", "--lang", language)[1]
