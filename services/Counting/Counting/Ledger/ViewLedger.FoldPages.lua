-- Moves the views of small, silent pages into "other". Their records become empty texts, which count as no record and are removed by
-- ViewLedger.DropFolded: moving and removing at once would be two commands.
--
-- KEYS 1  the site's ledger
-- ARGV 1  bucket name of a day: pages with a view on it or later stay  2 most views of a page that is folded  3.. paths
-- Reply   how many pages were folded; one with a baseline, a correction or a publication never is
local FIRST_PATH, OTHER = 3, 'p:*'
local ledger, since, most = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local names = { 'n', 'epoch', 'run', 't', 'pn', OTHER }
local HEAD = #names
for i = FIRST_PATH, #ARGV do names[#names + 1] = 'p:' .. ARGV[i] end
local old = call('HMGET', ledger, unpack(names))

local writes, views, folded, done = {}, 0, 0, {}
local function put(field, value)
  writes[#writes + 1] = field
  writes[#writes + 1] = value
end
for i = HEAD + 1, #names do
  local total, day = string.match(recordOf(old[i]) or '', '^(%d+) (%d+) [%d ]+$')
  if total and not done[names[i]] and tonumber(total) <= most and tonumber(day) < since then
    done[names[i]] = true
    views = views + tonumber(total)
    folded = folded + 1
    put(names[i], '')
  end
end
if folded == 0 then return 0 end

-- Nothing of the current or the last day and week moves: those pages were silent for longer.
local counted, rest = string.match(recordOf(old[HEAD]) or NEW_PAGE, '^([^|]*)(.*)$')
local total, parts = string.match(counted, '^(%d+)( .*)$')
put(OTHER, (tonumber(total) + views) .. parts .. rest)
put('pn', number(old[5]) - folded)
stamp(put, old[3], number(old[2]), number(old[1]), storeTime(number(old[4])))
call('HSET', ledger, unpack(writes))
return folded
