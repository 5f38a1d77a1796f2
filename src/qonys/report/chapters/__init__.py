"""Pages of the report: each module has `build(context) -> Section`; order is the order of the report."""

CHAPTERS: tuple[str, ...] = (
    "summary", "data", "retrospective", "accounts", "ages", "shocks", "present", "forms", "indicators", "bilateral",
    "factors", "interplay", "motives", "potential", "stratification", "settling", "demographic", "labour",
    "projection", "regional_projection", "skill", "claims", "sources", "glossary",
)  # fmt: skip
