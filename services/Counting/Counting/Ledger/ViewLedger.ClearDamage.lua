-- Takes the mark of a damaged ledger away, unless somebody has marked it anew since it was found whole.
--
-- KEYS 1  the site's ledger
-- ARGV 1  the mark
-- Reply   1: there is none any more, 0: there is another one
local held = call('HGET', KEYS[1], 'dm')
if held and held ~= ARGV[1] then return 0 end
call('HDEL', KEYS[1], 'dm')
return 1
