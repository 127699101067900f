-- Turns the visitors of a closed week into a number that no longer changes. Harmless to repeat.
--
-- KEYS 1  the site's ledger
-- ARGV 1  week: bucket name  2 visitors of the week
-- Reply   'frozen' or 'present'
local ledger, week = KEYS[1], ARGV[1]
local old = fieldsOf(ledger, { 'n', 'epoch', 'run', 't', 'fv', 'ow', 'fw:' .. week })
if old['fw:' .. week] then return 'present' end
local open = {}
for name in string.gmatch(old.ow or '', '%S+') do
  if name ~= week then open[#open + 1] = name end
end
local writes, put = newWrites()
stampAfter(put, old)
put('fv', number(old.fv) + tonumber(ARGV[2]))
put('fw:' .. week, ARGV[2])
put('ow', table.concat(open, ' '))
call('HSET', ledger, unpack(writes))
return 'frozen'
