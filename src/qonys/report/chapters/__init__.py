"""Pages of the report: each module has `build(context) -> Section`; order is the order of the report."""

CHAPTERS: tuple[str, ...] = (
    "summary", "data", "retrospective", "accounts", "ages", "shocks", "present", "forms", "measures",
    "bilateral", "projection", "regional_projection", "skill", "demographic", "labour", "claims", "sources", "glossary",
)  # fmt: skip
