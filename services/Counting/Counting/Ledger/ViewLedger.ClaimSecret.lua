-- Notes with which secret the ledger's ids and visitors are hashed, unless that is noted already. Of processes that start at once with different
-- secrets one is the first. Harmless to repeat.
--
-- KEYS 1  the site's ledger
-- ARGV 1  check value of the secret
-- Reply   the check value that the ledger holds
local held = call('HGET', KEYS[1], 'sc')
if held then return held end
call('HSET', KEYS[1], 'sc', ARGV[1])
return ARGV[1]
