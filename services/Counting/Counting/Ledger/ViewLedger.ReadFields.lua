-- Reads fields of a ledger as of one commit. Writes nothing.
--
-- KEYS 1  the site's ledger
-- ARGV 1.. fields
-- Reply   a value for each, '' where there is none
local values = call('HMGET', KEYS[1], unpack(ARGV))
for i = 1, #ARGV do values[i] = values[i] or '' end
return values
