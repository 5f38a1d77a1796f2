"""The same questions on the engine where records of an office already lie: PostgreSQL, Spark, DuckDB, through Ibis."""
