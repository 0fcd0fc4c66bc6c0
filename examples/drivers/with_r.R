# The views of examples/bi_views.sql through R's DBI and, where it is installed,
# dbplyr (Debian: r-base-core, r-cran-rpostgresql; r-cran-dbplyr).
#
#     echo bi_months bi_balances | Rscript with_r.R
#
# The connection is that of the environment: PGHOST, PGPORT, PGUSER, PGDATABASE.
# Prints a line for each check, "ok" or "not ok", and ends with status 1 where
# one failed.
suppressPackageStartupMessages(library(RPostgreSQL))

failed <- FALSE
check <- function(name, passed) {
  cat(if (isTRUE(passed)) "ok" else "not ok", "-", name, "\n")
  failed <<- failed || !isTRUE(passed)
}

connection <- dbConnect(PostgreSQL(), host = Sys.getenv("PGHOST"), port = as.integer(Sys.getenv("PGPORT")),
                        user = Sys.getenv("PGUSER"), dbname = Sys.getenv("PGDATABASE"))

# A column as text, as the server would write it.  R has no numbers of 64 bits:
# a bigint is a double, exact up to 2^53, and a numeric is one too.
same <- function(value, text) {
  if (any(is.na(value) != is.na(text))) return(FALSE)
  known <- !is.na(text)
  if (is.logical(value)) all((text == "true")[known] == value[known])
  else if (inherits(value, "Date")) all(text[known] == format(value[known], "%Y-%m-%d"))
  else if (is.numeric(value)) all(abs(as.numeric(text[known]) - value[known]) <= 1e-12 * abs(value[known]))
  else all(text[known] == value[known])
}

input <- file("stdin")
views <- scan(input, what = "", quiet = TRUE)
close(input)
for (view in views) {
  columns <- names(dbGetQuery(connection, sprintf("SELECT * FROM %s LIMIT 0", view)))
  if (length(columns) == 0) columns <- dbListFields(connection, view)
  rows <- dbGetQuery(connection, sprintf("SELECT %s, %s FROM %s",
    paste0('"', columns, '"', collapse = ", "),
    paste0('"', columns, '"::text AS "text ', columns, '"', collapse = ", "), view))
  check(sprintf("%s: %d rows are what the server says", view, nrow(rows)),
        nrow(rows) > 0 && all(sapply(columns, function(column)
          same(rows[[column]], rows[[paste("text", column)]]))))
}

# the type itself wants the cast, or there is a warning
warned <- FALSE
withCallingHandlers(invisible(dbGetQuery(connection, "SELECT ledger FROM published_ledgers")),
  warning = function(w) { warned <<- TRUE; invokeRestart("muffleWarning") })
check("a warning without a cast", warned)
ledger <- dbGetQuery(connection, "SELECT ledger::text FROM published_ledgers WHERE name = 'pilot'")$ledger
check("a ledger arrives as text", startsWith(ledger, "{FRA>GBR: "))
check("and goes back as it came", dbGetQuery(connection,
  "SELECT name FROM published_ledgers WHERE ledger = $1::text::transfer_ledger", list(ledger))$name == "pilot")

if (requireNamespace("dbplyr", quietly = TRUE)) {
  suppressPackageStartupMessages(library(dplyr))
  # the distribution's driver is older than this dbplyr, which says so
  months <- suppressWarnings(tbl(connection, "bi_months")) %>%
    filter(ledger == "pilot", home == "GBR", complete) %>%
    arrange(period_start) %>%
    select(period_start, inflow, outflow, balance)
  check("dbplyr: the server filters", grepl("WHERE", dbplyr::sql_render(months)))
  rows <- collect(months)
  check("dbplyr: flows are added up, of a balance the last counts",
        sum(rows$inflow) == 350 && sum(rows$outflow) == 281 && last(rows$balance) == 69)
  check("dbplyr: the first of a month is a Date", inherits(rows$period_start, "Date"))
}

invisible(dbDisconnect(connection))
quit(status = if (failed) 1 else 0)
