"""The only door to a pack's tables: figures by id as rows or as quantities whose lineage names the rows."""

from qonys.inputs.figures import available, chosen, digest, figure, lineage, rival_figures, rows, spec
from qonys.inputs.recording import recording

__all__ = ["available", "chosen", "digest", "figure", "lineage", "recording", "rival_figures", "rows", "spec"]
