-- Removes fields.
--
-- KEYS 1  the site's ledger
-- ARGV 1.. fields
-- Reply   how many there were
return call('HDEL', KEYS[1], unpack(ARGV))
