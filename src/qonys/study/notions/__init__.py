"""The notions of which results speak: one name for one question, its variants, and where their values stand."""
