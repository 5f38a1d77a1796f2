"""What is unusual now: releases and series as they arrive, beside what was expected before."""
