select row_key, home_key, ledger, home, partner, period_start, last_day, complete,
       inflow, outflow, net, gross, balance
from {{ source('ledgers', 'bi_months') }}
