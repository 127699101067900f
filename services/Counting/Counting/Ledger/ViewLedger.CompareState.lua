-- Compares a state that was acknowledged with what the ledger holds, and notes a loss: the ledger then tells of it until an operator acknowledges
-- it. Harmless to repeat, and to be told of one loss by several.
--
-- KEYS 1  the site's ledger
-- ARGV 1  epoch  2 commit number  3 counted views: of the state that was acknowledged; zeros for none  4 '1': a loss is noted, else only told
-- Reply   1  'none'; 'known' (the loss was noted before); 'lost' (to be noted); 'noted'
--         2  the loss that is not acknowledged, '' for none: what was expected and what was found (epoch, commit number and counted views of each),
--            and when it was noted (ms)
--         3  epoch  4 commit number  5 counted views: of the ledger behind it
local ledger, wanted, wantedCommit, wantedViews = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local old = call('HMGET', ledger, 'n', 'epoch', 'run', 't', 'v', 'ef', 'le', 'sl', 'dm')
local commit, epoch, views, open = number(old[1]), number(old[2]), number(old[5]), old[8] or ''
local function reply(verdict) return { verdict, open, epoch, commit, views } end

-- What was acknowledged before the last loss was noted is that loss.
local isKnown = old[7] and wanted < tonumber(old[7])
local isLost = wanted > epoch or wantedCommit > commit or wantedViews > views
-- A later epoch goes on behind all commits of the one before it. One that an earlier version began does not tell where.
local first, of = string.match(old[6] or '', '^(%d+) (%d+)$')
if wanted < epoch and first and tonumber(of) == epoch and wantedCommit >= tonumber(first) then isLost = true end
-- Somebody may have seen more of what was lost than who told of it first.
local seen = string.match(open, '^%d+ %d+ (%d+)')
local isMore = isKnown and isLost and seen and wantedViews > tonumber(seen)
if not isLost then return reply('none') end
if isKnown and not isMore then return reply('known') end
if ARGV[4] ~= '1' then return reply('lost') end
if old[9] then return refusal(old[9]) end

local writes = {}
local function put(field, value)
  writes[#writes + 1] = field
  writes[#writes + 1] = value
end
local now = storeTime(number(old[4]))
local function text(value) return string.format('%.0f', value) end
local expected = text(wanted) .. ' ' .. text(wantedCommit) .. ' ' .. text(wantedViews)
if isMore then
  open = expected .. string.match(open, '^%d+ %d+ %d+(.*)$')
  epoch, commit = stamp(put, old[3], epoch, commit, now)
else
  -- A loss that nobody has acknowledged yet is not hidden by a smaller one.
  if seen and tonumber(seen) > wantedViews then expected = string.match(open, '^%d+ %d+ %d+') end
  open = expected .. ' ' .. text(epoch) .. ' ' .. text(commit) .. ' ' .. text(views) .. ' ' .. text(now)
  -- A new epoch in any case, beyond the one that was lost: versions told to others never run backwards.
  if wanted > epoch then epoch = wanted end
  epoch, commit = stamp(put, '', epoch, commit, now)
  put('le', epoch)
end
put('sl', open)
call('HSET', ledger, unpack(writes))
return reply('noted')
