"""What a dated act or event did to a series: interrupted series, synthetic control, cohorts of an event study."""
