-- Compares a state that was acknowledged with what the ledger holds, and notes a loss: the ledger then tells of it until an operator acknowledges
-- it. Harmless to repeat, and to be told of one loss by several.
--
-- KEYS 1  the site's ledger
-- ARGV 1  epoch  2 commit number  3 counted views: of the state that was acknowledged; zeros for none  4 '1': a loss is noted, else only told
-- Reply   names, each followed by its value
--         verdict  'none'; 'known' (the loss was noted before); 'lost' (to be noted); 'noted'
--         open     the loss that is not acknowledged, '' for none: what was expected and what was found (epoch, commit number and counted views
--                  of each), and when it was noted (ms)
--         restored the backup that the store was put back from when the loss was noted (ms), '' for none
--         epoch, commit, views   of the ledger behind it
local ledger, wanted, wantedCommit, wantedViews = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local old = fieldsOf(ledger, { 'n', 'epoch', 'run', 't', 'v', 'ef', 'le', 'sl', 'rf', 'dm' })
local commit, epoch, views, open = number(old.n), number(old.epoch), number(old.v), old.sl or ''
local function reply(verdict) return { 'verdict', verdict, 'open', open, 'restored', old.rf or '', 'epoch', epoch, 'commit', commit, 'views', views } end

-- What was acknowledged before the last loss was noted is that loss.
local isKnown = old.le and wanted < tonumber(old.le)
local isLost = wanted > epoch or wantedCommit > commit or wantedViews > views
-- A later epoch goes on behind all commits of the one before it. One that an earlier version began does not tell where.
local first, of = string.match(old.ef or '', '^(%d+) (%d+)$')
if wanted < epoch and first and tonumber(of) == epoch and wantedCommit >= tonumber(first) then isLost = true end
-- Somebody may have seen more of what was lost than who told of it first.
local seen = string.match(open, '^%d+ %d+ (%d+)')
local isMore = isKnown and isLost and seen and wantedViews > tonumber(seen)
if not isLost then return reply('none') end
if isKnown and not isMore then return reply('known') end
if ARGV[4] ~= '1' then return reply('lost') end
if old.dm then return refusal(old.dm) end

local writes, put = newWrites()
local now = storeTime(number(old.t))
local function text(value) return string.format('%.0f', value) end
local expected = text(wanted) .. ' ' .. text(wantedCommit) .. ' ' .. text(wantedViews)
if isMore then
  open = expected .. string.match(open, '^%d+ %d+ %d+(.*)$')
  epoch, commit = stamp(put, old.run, epoch, commit, now)
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
