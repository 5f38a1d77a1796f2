"""Reading of a person's own files: open, shape, columns, numbers, ages, places; the same for every command."""

from __future__ import annotations
