"""Who is who without a person number: probable links between records, and what they leave uncertain."""
