-- The store was put back from a backup, and nobody knows what had been acknowledged after it: a loss whose size is unknown. The ledger then
-- reports it until an operator acknowledges it. What somebody else had kept of the lost store makes it known later (ViewLedger.CompareState).
--
-- KEYS 1  the site's ledger
-- ARGV 1  when the backup was made, ms  2 '1': what had been acknowledged is known, and the loss is noted by who compares it: then only the
--         backup is noted, in place of an earlier one that its loss had told of
-- Reply   'noted'. What was counted first after the backup is lost, too: a site without a ledger gets one that tells of it, and counting goes on in it
local ledger = KEYS[1]
local old = fieldsOf(ledger, { 'n', 'epoch', 'run', 't', 'v', 'sl', 'rf' })
-- Noted before, of the same backup.
if (old.sl or '') ~= '' and old.rf == ARGV[1] then return 'noted' end
if ARGV[2] == '1' then
  call('HSET', ledger, 'rf', ARGV[1])
  return 'noted'
end
local commit, epoch, now = number(old.n), number(old.epoch), storeTime(number(old.t))
local function text(value) return string.format('%.0f', value) end

local writes, put = newWrites()
local found = text(epoch) .. ' ' .. text(commit) .. ' ' .. text(number(old.v))
-- At least as much had been acknowledged as is there. A loss that was open at the backup may know more.
local expected, seen = found, string.match(old.sl or '', '^%d+ %d+ (%d+)')
if seen and tonumber(seen) > number(old.v) then expected = string.match(old.sl, '^%d+ %d+ %d+') end
put('sl', expected .. ' ' .. found .. ' ' .. text(now))
put('rf', ARGV[1])
-- A new epoch in any case: versions told to others never run backwards.
epoch = stamp(put, '', epoch, commit, now)
put('le', epoch)
call('HSET', ledger, unpack(writes))
return 'noted'
