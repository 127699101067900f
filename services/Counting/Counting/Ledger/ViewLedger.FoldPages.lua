-- Moves the views of small, silent pages into "other". Their records become empty texts, which count as no record and are removed by
-- ViewLedger.DropFolded: moving and removing at once would be two commands.
--
-- KEYS 1  the site's ledger
-- ARGV 1  bucket name of a day: pages with a view on it or later stay  2 most views of a page that is folded  3.. paths
-- Reply   how many pages were folded; one with a baseline, a correction or a publication never is
local FIRST_PATH, OTHER = 3, 'p:*'
local ledger, since, most = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local names = { 'n', 'epoch', 'run', 't', 'pn', OTHER }
local FIRST_PAGE = #names + 1
for i = FIRST_PATH, #ARGV do names[#names + 1] = 'p:' .. ARGV[i] end
local old = fieldsOf(ledger, names)

local writes, put = newWrites()
local views, folded, done = 0, 0, {}
for i = FIRST_PAGE, #names do
  local total, day = string.match(recordOf(old[names[i]]) or '', '^(%d+) (%d+) [%d ]+$')
  if total and not done[names[i]] and tonumber(total) <= most and tonumber(day) < since then
    done[names[i]] = true
    views = views + tonumber(total)
    folded = folded + 1
    put(names[i], '')
  end
end
if folded == 0 then return 0 end

-- Nothing of the current or the last day and week moves: those pages were silent for longer.
local counted, rest = string.match(recordOf(old[OTHER]) or NEW_PAGE, '^([^|]*)(.*)$')
local total, parts = string.match(counted, '^(%d+)( .*)$')
put(OTHER, (tonumber(total) + views) .. parts .. rest)
put('pn', number(old.pn) - folded)
stampAfter(put, old)
call('HSET', ledger, unpack(writes))
return folded
