# Chances of noise by the optimiser of the R package ptable 1.0.0 (github.com/sdcTools/ptable, R/pt_optim_entropy.R), which
# needs nloptr (Debian: r-cran-nloptr) alone; stored in protection_chances.json and compared with ours.
# Run: Rscript tests/reference/peers/protection.R pt_optim_entropy.R > tests/reference/peers/protection_chances.json
suppressMessages(library(nloptr))
source(commandArgs(trailingOnly = TRUE)[1])
number <- function(x) paste0("[", paste(format(as.numeric(x), digits = 12, trim = TRUE, scientific = TRUE), collapse = ", "), "]")
sizes <- list(c(5, 3, 2), c(5, 2, 0), c(3, 1, 0), c(8, 3, 2), c(5, 1.5, 1), c(6, 2.5, 0), c(10, 4, 2), c(4, 2.5, 1),
  c(5, 2.2, 2), c(7, 2, 1), c(3, 2.5, 1), c(6, 4, 2))
cases <- c()
for (size in sizes) for (count in c(1, 3, size[1], 20)) {
  noise <- seq(-min(count, size[1]), size[1])
  result <- count + noise
  noise <- noise[result == 0 | result > size[3]]
  found <- pt_optim_entropy(optim = 4, mono = FALSE, v = noise, variance = size[2], lb = rep(1e-10, length(noise)),
    ub = rep(1, length(noise)), ndigits = 10)
  options(scipen = 0)
  cases <- c(cases, sprintf('{"size": %s, "count": %d, "chances": %s}', number(size), as.integer(count), number(found$result)))
}
cat(sprintf('{"nloptr": "%s", "cases": [\n%s]}\n', packageVersion("nloptr"), paste(cases, collapse = ",\n")))
