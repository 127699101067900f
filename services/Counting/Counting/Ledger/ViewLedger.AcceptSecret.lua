-- Takes another secret for the ledger's: what was hashed with the one before is never compared with what comes now. Ids first sent before are
-- forgotten, so a view that is sent again is answered that it came too late, and is not counted twice.
--
-- KEYS 1  the site's ledger
-- ARGV 1  check value of the secret  2 audit entry, JSON  3 most audit entries  4 check value in a ledger whose ids are made by the new hash
-- Reply   'accepted'; or, with nothing changed: 'present' (it is the ledger's secret), 'full' (no room for another audit entry)
local old = fieldsOf(KEYS[1], { 'n', 'epoch', 'run', 't', 'an', 'g', 'sc', 'ih' })
local check = old.ih and ARGV[4] or ARGV[1]
if old.sc == check then return 'present' end
local audits = number(old.an)
if audits >= tonumber(ARGV[3]) then return 'full' end

local writes, put = newWrites()
local now = storeTime(number(old.t))
put('sc', check)
-- A generation with a number of its own and none before it: everything first sent up to now may have been forgotten.
put('g', generationsOf(old.g, now).number + 1 .. ' ' .. now .. ' 0')
put('an', audits + 1)
put('a:' .. audits + 1, ARGV[2])
stamp(put, old.run, number(old.epoch), number(old.n), now)
call('HSET', KEYS[1], unpack(writes))
return 'accepted'
