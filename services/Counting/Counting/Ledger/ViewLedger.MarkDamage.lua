-- Marks a ledger as damaged: from now on no process writes to it. Harmless to repeat; of several faults the last one told is shown.
--
-- KEYS 1  the site's ledger
-- ARGV 1  what is wrong with it
-- Reply   the mark: when it was made (ms), and what is wrong
local held = call('HGET', KEYS[1], 'dm')
if held and string.match(held, '^%d+ (.*)$') == ARGV[1] then return held end
local mark = string.format('%.0f', storeTime(0)) .. ' ' .. ARGV[1]
call('HSET', KEYS[1], 'dm', mark)
return mark
