-- Applies a baseline or a correction, or takes one back: once, audited, all of it or nothing.
--
-- KEYS 1  the site's ledger
-- ARGV 1  'b' baseline, 'c' correction  2 its id  3 'apply' or 'undo'
--      4  path of the page, '' for none     5  '1': the site's numbers change, else '0'
--      6  day  7 week: bucket names of the numbers that change
--      8  total  9 the day's part  10 the week's part: views that are added, below zero to take away
--     11  day  12 week: bucket names of now
--     13  audit entry, JSON  14 most audit entries  15 most views that a number may show
-- Reply   1  'applied'; or, with nothing changed: 'present' (the id was applied before), 'undone' (and taken back), 'unknownId' (of an undo),
--            'full' (no room for another audit entry), 'unknownPage' (of a correction), 'negative', 'tooLarge' (what would be shown)
--         2  'applied': number of the audit entry; 'present': the audit entry of the id
--         3  'applied': epoch  4 commit number  5 the page's record, '' for none
local ledger, kind, id, undo, path, ofSite = KEYS[1], ARGV[1], ARGV[2], ARGV[3] == 'undo', ARGV[4], ARGV[5] == '1'
local day, week, today, thisWeek = ARGV[6], ARGV[7], tonumber(ARGV[11]), tonumber(ARGV[12])
local change = { total = tonumber(ARGV[8]), day = tonumber(ARGV[9]), week = tonumber(ARGV[10]) }
local most = tonumber(ARGV[15])
local page, mark = 'p:' .. path, kind .. 'l:' .. id
local T, D, W = kind .. 't', kind .. 'd:' .. day, kind .. 'w:' .. week
local old = call('HMGET', ledger, 'n', 'epoch', 'run', 't', 'an', mark, page, 'pn',
  T, D, W, 'v', 'd:' .. day, 'w:' .. week, 'bt', 'bd:' .. day, 'bw:' .. week, 'ct', 'cd:' .. day, 'cw:' .. week)
local audits, marked, record = number(old[5]), old[6], recordOf(old[7])

-- 1. May it happen at all?
if undo then
  if not marked then return { 'unknownId' } end
  if string.find(marked, ' ', 1, true) then return { 'undone' } end
elseif marked then
  if string.find(marked, ' ', 1, true) then return { 'undone' } end
  return { 'present', call('HGET', ledger, 'a:' .. string.match(marked, '^%d+')) }
end
if audits >= tonumber(ARGV[14]) then return { 'full' } end
if kind == 'c' and not undo and not record then return { 'unknownPage' } end

local writes, before, after = {}, {}, {}
local fault, newRecord
local function put(field, value)
  writes[#writes + 1] = field
  writes[#writes + 1] = value
end
-- What readers would be shown must stay within bounds, and goes into the audit when it has a name there.
local function shows(name, was, by)
  if was + by < 0 then fault = fault or 'negative' end
  if was + by > most then fault = fault or 'tooLarge' end
  if name then
    before[#before + 1] = string.format('"%s":%d', name, was)
    after[#after + 1] = string.format('"%s":%d', name, was + by)
  end
end

-- 2. The site: its day, its week and its total.
if ofSite then
  shows('total', number(old[12]) + number(old[15]) + number(old[18]), change.total)
  shows('day', number(old[13]) + number(old[16]) + number(old[19]), change.day)
  shows(nil, number(old[14]) + number(old[17]) + number(old[20]), change.week)
  put(T, number(old[9]) + change.total)
  if change.day ~= 0 then put(D, number(old[10]) + change.day) end
  if change.week ~= 0 then put(W, number(old[11]) + change.week) end
end

-- 3. The page. As of its views, the two latest days and weeks are kept of its adjustments.
if path ~= '' then
  local counted, baseline, correction, flags = split(record or NEW_PAGE)
  local function numbersOf(text)
    local t, d, dv, pd, pdv, w, wv, pw, pwv = string.match(text, '^(%-?%d+) (%d+) (%-?%d+) (%d+) (%-?%d+) (%d+) (%-?%d+) (%d+) (%-?%d+)$')
    if not t then
      -- Earlier versions kept only the latest of an adjustment.
      t, d, dv, w, wv = string.match(text, '^(%-?%d+) (%d+) (%-?%d+) (%d+) (%-?%d+)$')
    end
    return { total = text == '' and 0 or tonumber(t), hasOne = t and not pd,
      day = { number(d), number(dv), number(pd), number(pdv) }, week = { number(w), number(wv), number(pw), number(pwv) } }
  end
  local views, parts = numbersOf(counted), { b = numbersOf(baseline), c = numbersOf(correction) }
  local function of(bucket, kept) return bucket == kept[1] and kept[2] or bucket == kept[3] and kept[4] or 0 end
  local shown = views.total + parts.b.total + parts.c.total
  local shownToday = of(today, views.day) + of(today, parts.b.day) + of(today, parts.c.day)
  local shownWeek = of(thisWeek, views.week) + of(thisWeek, parts.b.week) + of(thisWeek, parts.c.week)
  local byToday = tonumber(day) == today and change.day or 0
  local byWeek = tonumber(week) == thisWeek and change.week or 0
  shows('page', shown, change.total)
  shows(nil, shownToday, byToday)
  shows(nil, shownWeek, byWeek)
  -- What is taken from an earlier day must have been there: else a page would show more today than in all.
  if change.total < byWeek then shows(nil, shown - shownWeek, change.total - byWeek) end
  if byWeek < byToday then shows(nil, shownWeek - shownToday, byWeek - byToday) end
  local part = parts[kind]
  local function adjust(bucket, kept, by)
    -- What an earlier version has let go is not taken back from zero.
    if by == 0 or undo and part.hasOne and bucket ~= kept[1] then return kept end
    return { add(bucket, kept[1], kept[2], kept[3], kept[4], by) }
  end
  part.total = part.total + change.total
  part.day, part.week = adjust(tonumber(day), part.day, change.day), adjust(tonumber(week), part.week, change.week)
  -- As earlier versions write and read it, while one bucket is all that there is.
  local isOne = part.day[3] == 0 and part.week[3] == 0
  local function textOf(kept) return isOne and kept[1] .. ' ' .. kept[2] or table.concat(kept, ' ') end
  local text = part.total .. ' ' .. textOf(part.day) .. ' ' .. textOf(part.week)
  if not record then put('pn', number(old[8]) + 1) end
  newRecord = join(counted, kind == 'b' and text or baseline, kind == 'c' and text or correction, flags)
  put(page, newRecord)
end
if fault then return { fault } end

-- 4. The audit: an entry never changes, and the mark of the id tells which entries applied it and took it back.
audits = audits + 1
local entry = string.sub(ARGV[13], 1, -2)
  .. ',"before":{' .. table.concat(before, ',') .. '},"after":{' .. table.concat(after, ',') .. '}}'
put('an', audits)
put('a:' .. audits, entry)
put(mark, undo and marked .. ' ' .. audits or audits)
local epoch, commit = stamp(put, old[3], number(old[2]), number(old[1]), storeTime(number(old[4])))
call('HSET', ledger, unpack(writes))
return { 'applied', tostring(audits), epoch, commit, newRecord or '' }
