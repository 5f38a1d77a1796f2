"""Chapters: each module has `compute(pack, results)`, which adds named results; `registry` says what each needs."""
