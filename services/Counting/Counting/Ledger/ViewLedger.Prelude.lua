-- Put in front of every script of the ledger when it is loaded, behind a line that defines STORE_RUN, the identity of the store's
-- process. A restarted store does not know the scripts, so nothing is ever committed to a process that was not checked first.
--
-- What all scripts keep to: everything that must be exact is one hash a site. A script reads it with HMGET, computes, and writes with
-- exactly ONE HSET of absolute values, because one command is one record of the append-only file: after a crash it is there whole or
-- not at all. Several writes in one script are not. All run unchanged on Redis 7 (Lua 5.1) and Garnet (Lua 5.4); no result of a
-- division is ever handed to a command, since 7/7 is "1.0" on one of them.
local call = redis.call
local function number(text) return text and tonumber(text) or 0 end

-- The ledger's time in ms: the store's clock, held where it is while that clock is behind, so that generations never run backwards.
local function storeTime(last)
  local clock = call('TIME')
  local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  return now < last and last or now
end

-- The fields of a new commit: its number, its time, and a new epoch when the store's process is not the one that wrote last. A version
-- (epoch, commit number) told to others therefore never runs backwards, also after an older file was restored. The number that an epoch begins
-- with tells later whether a commit of an earlier one was lost.
local function stamp(put, run, epoch, commit, now, isCommit)
  -- Only a batch asks what wrote last, and notes it itself.
  if not isCommit then
    local seen, since = string.match(call('HGET', KEYS[1], 'hk') or '', '^(%d+) (%d+)$')
    if seen and tonumber(seen) == commit then put('hk', string.format('%.0f %s', commit + 1, since)) end
  end
  if run ~= STORE_RUN then
    epoch = epoch + 1
    if epoch < now then epoch = now end
    put('run', STORE_RUN)
    put('epoch', epoch)
    put('ef', string.format('%.0f %.0f', commit + 1, epoch))
  end
  put('n', commit + 1)
  put('t', now)
  return epoch, commit + 1
end

-- Fields of a ledger as of one moment, by their names.
local function fieldsOf(ledger, names)
  local values, fields = call('HMGET', ledger, unpack(names)), {}
  for i = 1, #names do fields[names[i]] = values[i] end
  return fields
end

-- The arguments of a script that takes them as names, each followed by its value.
local function argumentsByName()
  local named = {}
  for i = 1, #ARGV, 2 do named[ARGV[i]] = ARGV[i + 1] end
  return named
end

-- What a script is to write, for its one HSET.
local function newWrites()
  local writes = {}
  return writes, function(field, value)
    writes[#writes + 1] = field
    writes[#writes + 1] = value
  end
end

-- The fields of a new commit of a script that has read n, epoch, run and t.
local function stampAfter(put, old)
  return stamp(put, old.run, number(old.epoch), number(old.n), storeTime(number(old.t)))
end

-- Generations of view ids: the current one and the one before it are kept, as "number began count" each. The first begins with the ledger.
local function generationsOf(text, now)
  if not text then return { number = 1, began = now, count = 0 }, nil end
  local a, b, c, rest = string.match(text, '^(%d+) (%d+) (%d+)(.*)$')
  local current, previous = { number = tonumber(a), began = tonumber(b), count = tonumber(c) }, nil
  a, b, c = string.match(rest, '^ (%d+) (%d+) (%d+)$')
  if a then previous = { number = tonumber(a), began = tonumber(b), count = tonumber(c) } end
  return current, previous
end

-- Whether ids by the earlier hash are looked for: in generations before the one that began with the new one, or all as long as none did.
local function needsEarlier(first, current, previous)
  return first == 0 or current.number < first or previous ~= nil and previous.number < first
end

-- Ids first sent up to this instant may have been forgotten. A new ledger has forgotten nothing, and looks back one length.
local function horizonOf(current, previous, length)
  local oldest = previous or current
  return oldest.number == 1 and oldest.began - length or oldest.began
end

-- A page's record is "counted|baseline|correction|flags", later parts left out while they are empty (see CountingKeys). An empty one was
-- folded into "other" and counts as none.
local NEW_PAGE = '0 0 0 0 0 0 0 0 0'
local function recordOf(text) return text and text ~= '' and text or nil end
local function split(record)
  local parts = {}
  for part in string.gmatch(record .. '|', '([^|]*)|') do parts[#parts + 1] = part end
  return parts[1], parts[2] or '', parts[3] or '', parts[4] or ''
end
local function join(counted, baseline, correction, flags)
  return (string.gsub(counted .. '|' .. baseline .. '|' .. correction .. '|' .. flags, '|+$', ''))
end

-- Of a day and a week the two latest buckets are kept: a change of the site's calendar may lead back to the earlier one.
local function add(bucket, at, count, before, countBefore, views)
  if bucket == at then return at, count + views, before, countBefore end
  if bucket > at then return bucket, views, at, count end
  if bucket == before then return at, count, before, countBefore + views end
  if bucket > before then return at, count, bucket, views end
  return at, count, before, countBefore
end

-- A ledger that was found damaged, by whatever process, takes no writes until it is whole again. The answer to those that would.
local function refusal(mark) return redis.error_reply('DAMAGED ' .. mark) end
