"""Flows and balances that no register holds, estimated: from stocks, totals, censuses and rival sources."""
