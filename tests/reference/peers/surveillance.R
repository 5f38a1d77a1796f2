# Outputs of the R package surveillance (Debian: r-cran-surveillance), stored in surveillance.json and compared with ours.
# Run: Rscript tests/reference/peers/surveillance.R > tests/reference/peers/surveillance.json
# With trend = TRUE the package (1.20.3) keeps the trend whatever its significance. The threshold "muan" is left out: its
# standard error is taken after the weights of the fit are replaced, so that it is too small.
# Series: cases of salmonella agona in the United Kingdom by week, as the package ships them; made-up months.
suppressMessages(library(surveillance))
number <- function(x) paste0("[", paste(ifelse(is.na(x), "null", format(as.numeric(x), digits = 12, trim = TRUE)), collapse = ", "), "]")
farrington <- function(y, start, frequency, places, years, half, periods, left, alpha, trend, method) {
  series <- sts(observed = y, start = start, frequency = frequency)
  found <- farringtonFlexible(series, list(
    range = places, b = years, w = half, noPeriods = periods, pastWeeksNotIncluded = left, weightsThreshold = 2.58,
    trend = trend, pThresholdTrend = 0.05, thresholdMethod = method, alpha = alpha))
  sprintf('{"y": %s, "places": %s, "frequency": %d, "years": %d, "half": %d, "periods": %d, "left_out": %d, "alpha": %g, "trend": %s, "method": "%s", "expected": %s, "upper": %s}',
    number(y), number(places), frequency, years, half, periods, left, alpha, tolower(trend), method,
    number(found@control$expected), number(upperbound(found)))
}
data(salmonella.agona)
agona <- as.vector(salmonella.agona$observed)
set.seed(20)
months <- rnbinom(96, mu = exp(4 + 0.003 * (1:96) + 0.3 * sin(2 * pi * (1:96) / 12)), size = 30)
cases <- c(
  agona_plugin = farrington(agona, c(1990, 1), 52, 292:312, 4, 3, 10, 26, 0.05, FALSE, "nbPlugin"),
  months_plugin = farrington(months, c(2010, 1), 12, 73:96, 5, 1, 4, 3, 0.05, FALSE, "nbPlugin"),
  months_trend = farrington(months, c(2010, 1), 12, 73:96, 5, 1, 4, 3, 0.005, TRUE, "nbPlugin"))
weekly <- sts(observed = agona, start = c(1990, 1), frequency = 52)
short <- sapply(c(0, 2), function(gap) {
  found <- earsC(weekly, control = list(method = if (gap) "C2" else "C1", baseline = 7, minSigma = 0, alpha = 0.001))
  sprintf('{"gap": %d, "quantile": %s, "places": %s, "upper": %s}', gap, format(qnorm(0.999), digits = 15),
    number(found@control$range), number(upperbound(found)))
})
cat(sprintf('{"made_by": "tests/reference/peers/surveillance.R", "versions": {"surveillance": "%s", "R": "%s"}, "seed": 20, "cases": {"farrington": {%s}, "short_base": [%s]}}\n',
  packageVersion("surveillance"), getRversion(),
  paste(sprintf('"%s": %s', names(cases), cases), collapse = ", "), paste(short, collapse = ", ")))
