-- Removes the empty records that ViewLedger.FoldPages left, those that are still empty. Harmless to repeat.
--
-- KEYS 1  the site's ledger
-- ARGV 1.. paths
-- Reply   how many were removed
local names = {}
for i = 1, #ARGV do names[i] = 'p:' .. ARGV[i] end
local old = call('HMGET', KEYS[1], unpack(names))
local empty = {}
for i = 1, #names do
  if old[i] == '' then empty[#empty + 1] = names[i] end
end
if #empty == 0 then return 0 end
return call('HDEL', KEYS[1], unpack(empty))
