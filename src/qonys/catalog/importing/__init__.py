"""Import of a person's own files: read, understand, translate, validate, add."""

from __future__ import annotations
