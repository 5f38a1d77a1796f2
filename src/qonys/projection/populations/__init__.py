"""Any population projected from tables of rates: its ages, its rates by year, the steps, the accounts."""
