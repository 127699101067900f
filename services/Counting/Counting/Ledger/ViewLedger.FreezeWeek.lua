-- Turns the visitors of a closed week into a number that no longer changes. Harmless to repeat.
--
-- KEYS 1  the site's ledger
-- ARGV 1  week: bucket name  2 visitors of the week
-- Reply   'frozen' or 'present'
local ledger, week = KEYS[1], ARGV[1]
local old = call('HMGET', ledger, 'n', 'epoch', 'run', 't', 'fv', 'ow', 'fw:' .. week)
if old[7] then return 'present' end
local open = {}
for name in string.gmatch(old[6] or '', '%S+') do
  if name ~= week then open[#open + 1] = name end
end
local writes = {}
local function put(field, value)
  writes[#writes + 1] = field
  writes[#writes + 1] = value
end
stamp(put, old[3], number(old[2]), number(old[1]), storeTime(number(old[4])))
put('fv', number(old[5]) + tonumber(ARGV[2]))
put('fw:' .. week, ARGV[2])
put('ow', table.concat(open, ' '))
call('HSET', ledger, unpack(writes))
return 'frozen'
