select home_key, ledger, party
from {{ source('ledgers', 'bi_parties') }}
