-- Put between the prelude and every script that writes to a ledger, but for those that look at the mark where it costs least, or change it.
local mark = call('HGET', KEYS[1], 'dm')
if mark then return refusal(mark) end
