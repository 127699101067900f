-- Writes what the ledger holds already, to see whether it takes writes: the check value of its secret. One that has none gets it, as by
-- ViewLedger.ClaimSecret.
--
-- KEYS 1  the site's ledger
-- ARGV 1  check value of the secret
-- Reply   the check value that the ledger holds
local held = call('HGET', KEYS[1], 'sc') or ARGV[1]
call('HSET', KEYS[1], 'sc', held)
return held
