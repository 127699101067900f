-- Counts one batch of views of one site: all of it, or nothing.
--
-- KEYS 1  the site's ledger
-- ARGV 1  sequence number of the batch in its lane        7  length of an id generation, ms
--      2  lane                                            8  most ids in one generation
--      3  minute  4 hour  5 day  6 week: bucket names     9  most pages that count on their own
--     10  views, 16 bytes each, big endian: id fingerprint (8, zero: none) | first sent, store time in ms (6) | page index from 1, or of a bot
--         BOT and the index of its reason (2)
--     11  bots, as "reason count reason count ...", those with an id not in the counts       12  check value of the secret that ids and visitors are hashed with
--     13  ms before which no generation ends for its number of ids, unless it has 14  so many: who waits for a commit must not be too late for it
--     15  fingerprints of the same views by the earlier hash, 8 bytes each, or nothing: then the ledger must not need them
--     16  check value of the secret in a ledger whose ids are made by the new hash
--     17  ms for which only processes that know the new hash must have written before a generation begins with it
--     18.. paths of the pages, in the order of their index
--
-- Reply   1  'applied', 'repeated' (applied before; as 'applied', with the numbers of now), 'gap' (the store lost commits that it had acknowledged), 'stale' (a later batch of the lane is in already) or 'secret'
--            (the ledger was made with another secret), or 'hash' (ids by the earlier hash are needed; nothing was written). The error DAMAGED: the ledger is marked as damaged, and nothing was written
--         2  'applied': one letter a view, c counted, d duplicate, e expired; 'gap': the last sequence that the store knows
--         3  store time, ms  4 epoch  5 commit number  6 view ids first sent up to then (ms) may be forgotten
--         7  1 or 0: ids by the earlier hash are looked for
--         8.. the numbers of SITE below, then one record a path, '' where there is none
local ledger = KEYS[1]
local byte, sub, char, find, match, floor = string.byte, string.sub, string.char, string.find, string.match, math.floor

local sequence, lane = tonumber(ARGV[1]), ARGV[2]
local minute, hour, day, week = 'm:' .. ARGV[3], 'h:' .. ARGV[4], 'd:' .. ARGV[5], 'w:' .. ARGV[6]
local dayName, weekName = tonumber(ARGV[5]), tonumber(ARGV[6])
local generationLength, idCap, pageCap = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
local views, bots, secret = ARGV[10], ARGV[11], ARGV[12]
local shortest, idCeiling = tonumber(ARGV[13]), tonumber(ARGV[14])
local earlier, newSecret, settled = ARGV[15], ARGV[16], tonumber(ARGV[17])
local FIRST_PATH, OTHER, BOT = 18, 'p:*', 32768
local pathCount, viewCount = #ARGV - FIRST_PATH + 1, floor(#views / 16)

-- The fields that every batch needs. SITE is what a reply tells of the site besides the pages.
local SITE = { 'v', day, week, 'bt', 'b' .. day, 'b' .. week, 'ct', 'c' .. day, 'c' .. week, 'fv', 'ow', 'sl', 'dm' }
local head = call('HMGET', ledger, 'n', 'epoch', 'run', 't', 'g', 'pn', 'r:' .. lane, minute, hour, 'f' .. week, 'sc', 'ih', 'hk', unpack(SITE))
local HEAD = 13
local commit, epoch, run, lastTime = number(head[1]), number(head[2]), head[3], number(head[4])
local pages, receipt, frozen = number(head[6]), head[7], head[10]
-- The generation whose ids are the first by the new hash; 0 for none yet.
local firstOfNew = number(head[12])
-- The same id, hashed with another secret or otherwise than the ledger's, would count again.
if head[11] and head[11] ~= (firstOfNew > 0 and newSecret or secret) then return { 'secret' } end

local now = storeTime(lastTime)
local current, previous = generationsOf(head[5], now)

local function reply(state, outcome, pageRecord)
  local answer = { state, outcome, now, epoch, commit, horizonOf(current, previous, generationLength), needsEarlier(firstOfNew, current, previous) and 1 or 0 }
  for i = 1, #SITE do answer[#answer + 1] = head[HEAD + i] or '' end
  for i = 1, pathCount do answer[#answer + 1] = pageRecord(i) or '' end
  return answer
end

-- 1. The receipt of the lane: was this batch applied before?
local last, lastOutcome = 0, ''
if receipt then
  last, lastOutcome = match(receipt, '^(%d+) %d+ (.*)$')
  last = tonumber(last)
end
if sequence > last + 1 then return { 'gap', tostring(last) } end
if sequence < last then return { 'stale' } end
if sequence == last then
  local names = {}
  for i = 1, pathCount do names[i] = 'p:' .. ARGV[FIRST_PATH + i - 1] end
  local records = pathCount > 0 and call('HMGET', ledger, unpack(names)) or {}
  return reply('repeated', lastOutcome, function(i) return records[i] end)
end

if head[HEAD + 13] then return refusal(head[HEAD + 13]) end

-- 2. The generation that takes the ids.
local isBegun = not head[5]
local age = now - current.began
-- One that the cap was lowered behind, because memory has become short, goes as soon as both have more than two caps.
local isOver = current.count >= idCap or previous and current.count + previous.count >= 2 * idCap
if age >= generationLength or current.count >= idCeiling or (isOver and age >= shortest) then
  previous = current
  current = { number = previous.number + 1, began = now, count = 0 }
  isBegun = true
end

-- A new generation takes ids by the new hash when nobody has written for long who does not know it. From then on its check value of the secret
-- keeps out who does not: he would not find them, and count a view again that is sent again. The very first generation of a ledger has nobody.
local known, knownSince = match(head[13] or '', '^(%d+) (%d+)$')
if not known or tonumber(known) ~= commit then knownSince = now else knownSince = tonumber(knownSince) end
local isSwitched = isBegun and firstOfNew == 0 and (not head[5] or now - knownSince >= settled)
if isSwitched then firstOfNew = current.number end
if viewCount > 0 and earlier == '' and needsEarlier(firstOfNew, current, previous) then return { 'hash' } end
local horizon = horizonOf(current, previous, generationLength)

-- Ids lie in shards, 6 bytes each. The more ids a generation has, the more shards take the next ones, so that a shard stays near 16: there
-- are 64, 4,096 and 65,536 of them. The first two bytes of an id name its shard, by their remainders here. What is the same for all views is
-- made once, since turning a number into text costs more than all else that is done for an id.
local HIGH, LOW = { 1, 16, 256 }, { 64, 256, 256 }
local function level(count) return count < 1024 and 1 or count < 65536 and 2 or 3 end
local searchedPrefix, searchedHigh, searchedLow, searchedIds = {}, {}, {}, {}
local function search(generation)
  for at = 1, level(generation.count) do
    local q = #searchedPrefix + 1
    searchedPrefix[q] = 'i:' .. generation.number .. ':' .. at .. ':'
    searchedHigh[q], searchedLow[q] = HIGH[at], LOW[at]
    searchedIds[q] = generation.number < firstOfNew or firstOfNew == 0
  end
end
search(current)
local insertAt = #searchedPrefix                     -- the last level of the current generation takes the ids
if previous then search(previous) end
local searched = #searchedPrefix

-- 3. Read every field that the batch may touch. Paths and reasons are different ones; a shard is asked for once for each view.
local names, place = {}, {}
local function want(field)
  names[#names + 1] = field
  place[field] = #names
end
local pageFields = {}
for i = 1, pathCount do
  pageFields[i] = 'p:' .. ARGV[FIRST_PATH + i - 1]
  want(pageFields[i])
end
want(OTHER)
local botField = 'bot:' .. ARGV[5] .. ':'
local reasons, requests = {}, {}
for reason, count in string.gmatch(bots, '(%S+) (%d+)') do
  reasons[#reasons + 1], requests[#requests + 1] = reason, tonumber(count)
  want(botField .. reason)
end
local NO_ID = '\0\0\0\0\0\0\0\0'
local shards = #names                                -- of view i (from 0), that searched as number q: at shards + i * searched + q
local asked = shards
for i = 0, viewCount - 1 do
  local high, low = byte(views, i * 16 + 1, i * 16 + 2)
  local highOfEarlier, lowOfEarlier = byte(earlier, i * 8 + 1, i * 8 + 2)
  for q = 1, searched do
    local h, l = high, low
    if searchedIds[q] then h, l = highOfEarlier, lowOfEarlier end
    names[asked + q] = searchedPrefix[q] .. char(h % searchedHigh[q], l % searchedLow[q])
  end
  asked = asked + searched
end
local values = call('HMGET', ledger, unpack(names))

local writes, written = {}, {}
local function get(field)
  local at = written[field]
  if at then return writes[at] end
  at = place[field]
  return at and recordOf(values[at]) or nil
end
local function put(field, value)
  local at = written[field]
  if at then writes[at] = value return end
  at = #writes
  writes[at + 1] = field
  writes[at + 2] = value
  written[field] = at + 2
end

-- 4. Decide each view.
local fresh, newIds, outcome = 0, 0, {}
local seen, perPage, pageOrder = {}, {}, {}
-- What this batch has added to the shards is in "seen", so they are searched as they were read.
local function isKnown(id, rest, restOfEarlier, from)
  if seen[id] then return true end
  for q = 1, searched do
    local ids = values[from + q]
    if ids then
      local rest = searchedIds[q] and restOfEarlier or rest
      local found = find(ids, rest, 1, true)
      while found and (found - 1) % 6 ~= 0 do found = find(ids, rest, found + 1, true) end
      if found then return true end
    end
  end
  return false
end
for i = 0, viewCount - 1 do
  local offset = i * 16
  local id = sub(views, offset + 1, offset + 8)
  local verdict = 'c'
  if id ~= NO_ID then
    local b1, b2, b3, b4, b5, b6 = byte(views, offset + 9, offset + 14)
    local firstSent = ((((b1 * 256 + b2) * 256 + b3) * 256 + b4) * 256 + b5) * 256 + b6
    local rest, restOfEarlier = sub(id, 3, 8), sub(earlier, i * 8 + 3, i * 8 + 8)
    if firstSent <= horizon then verdict = 'e'
    elseif isKnown(id, rest, restOfEarlier, shards + i * searched) then verdict = 'd'
    else
      seen[id] = true
      newIds = newIds + 1
      local at = shards + i * searched + insertAt
      local field, ids = names[at], values[at]
      if searchedIds[insertAt] then rest = restOfEarlier end
      local pending = written[field]
      if pending then writes[pending] = writes[pending] .. rest
      else put(field, ids and ids .. rest or rest) end
    end
  end
  local high, low = byte(views, offset + 15, offset + 16)
  local page = high * 256 + low
  if page > BOT then
    if verdict == 'c' then requests[page - BOT] = requests[page - BOT] + 1 end
  elseif verdict == 'c' then
    fresh = fresh + 1
    if perPage[page] then perPage[page] = perPage[page] + 1
    else
      perPage[page] = 1
      pageOrder[#pageOrder + 1] = page
    end
  end
  outcome[i + 1] = verdict
end
outcome = table.concat(outcome)

-- 5. Count. A late batch belongs to the bucket of its stamp: the current one, the one before, or only the total.
local PAGE = '^(%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (%d+)(.*)$'
-- Of a page that was viewed today and this week before, three numbers change and the rest is text that stays as it is.
local VIEWED_TODAY = '^(%d+) ' .. ARGV[5] .. ' (%d+)( %d+ %d+ ' .. ARGV[6] .. ' )(%d+)(.*)$'
if fresh > 0 then
  for q = 1, #pageOrder do
    local field = pageFields[pageOrder[q]]
    local count = perPage[pageOrder[q]]
    local record = get(field)
    if not record then
      if pages < pageCap then
        pages = pages + 1
        put('pn', pages)
      else
        field = OTHER
        record = get(field)
      end
    end
    record = record or NEW_PAGE
    local total, dv, between, wv, rest = match(record, VIEWED_TODAY)
    if total then
      put(field, (total + count) .. ' ' .. ARGV[5] .. ' ' .. (dv + count) .. between .. (wv + count) .. rest)
    else
      local d, pd, pdv, w, pw, pwv
      total, d, dv, pd, pdv, w, wv, pw, pwv, rest = match(record, PAGE)
      d, dv, pd, pdv = add(dayName, tonumber(d), tonumber(dv), tonumber(pd), tonumber(pdv), count)
      w, wv, pw, pwv = add(weekName, tonumber(w), tonumber(wv), tonumber(pw), tonumber(pwv), count)
      put(field, table.concat({ tonumber(total) + count, d, dv, pd, pdv, w, wv, pw, pwv }, ' ') .. rest)
    end
  end
  put(minute, number(head[8]) + fresh)
  put(hour, number(head[9]) + fresh)
  for i = 1, 3 do                                    -- v, the day, the week
    head[HEAD + i] = number(head[HEAD + i]) + fresh
    put(SITE[i], head[HEAD + i])
  end
  -- A week stays open until its visitors are frozen into a number.
  local open = head[HEAD + 11] or ''
  if not frozen and not find(' ' .. open .. ' ', ' ' .. ARGV[6] .. ' ', 1, true) then
    head[HEAD + 11] = open == '' and ARGV[6] or open .. ' ' .. ARGV[6]
    put('ow', head[HEAD + 11])
  end
end
for i, reason in ipairs(reasons) do
  if requests[i] > 0 then put(botField .. reason, number(get(botField .. reason)) + requests[i]) end
end

-- 6. Number the commit, leave the receipt, write once.
epoch, commit = stamp(put, run, epoch, commit, now, true)
if isSwitched then
  put('ih', firstOfNew)
  put('sc', newSecret)
elseif firstOfNew == 0 then
  put('hk', string.format('%.0f %.0f', commit, knownSince))
end
if not head[11] and not isSwitched then put('sc', secret) end
current.count = current.count + newIds
local generations = current.number .. ' ' .. current.began .. ' ' .. current.count
if previous then generations = generations .. ' ' .. previous.number .. ' ' .. previous.began .. ' ' .. previous.count end
put('g', generations)
put('r:' .. lane, sequence .. ' ' .. now .. ' ' .. outcome)
call('HSET', ledger, unpack(writes))

return reply('applied', outcome, function(i) return get(pageFields[i]) end)
