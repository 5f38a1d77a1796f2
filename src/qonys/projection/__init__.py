"""Population projection: processes of fertility, life expectancy and migration, projections, and backtests."""
