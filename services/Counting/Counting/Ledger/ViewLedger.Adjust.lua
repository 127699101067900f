-- Applies a baseline or a correction, or takes one back: once, audited, all of it or nothing.
--
-- KEYS 1  the site's ledger
-- ARGV names, each followed by its value
--      kind        'b' baseline, 'c' correction
--      id          its id
--      action      'apply' or 'undo'
--      path        of the page, '' for none
--      ofSite      '1': the site's numbers change, else '0'
--      day, week   bucket names of the numbers that change
--      byTotal, byDay, byWeek   views that are added, below zero to take away
--      today, thisWeek          bucket names of now
--      audit       the audit entry, JSON
--      maxAudits   most audit entries
--      maxViews    most views that a number may show
-- Reply names, each followed by its value
--      outcome     'applied'; or, with nothing changed: 'present' (the id was applied before), 'undone' (and taken back), 'unknownId' (of an
--                  undo), 'full' (no room for another audit entry), 'unknownPage' (of a correction), 'negative', 'tooLarge' (what would be shown)
--      audit       of 'applied' the number of the audit entry; of 'present' the audit entry of the id
--      epoch, commit, page      of 'applied': the state of the ledger behind it, and the page's record, '' for none
local given = argumentsByName()
local ledger, kind, id, path = KEYS[1], given.kind, given.id, given.path
local undo, ofSite = given.action == 'undo', given.ofSite == '1'
local day, week, today, thisWeek = given.day, given.week, tonumber(given.today), tonumber(given.thisWeek)
local change = { total = tonumber(given.byTotal), day = tonumber(given.byDay), week = tonumber(given.byWeek) }
local most = tonumber(given.maxViews)
local page, mark = 'p:' .. path, kind .. 'l:' .. id
local T, D, W = kind .. 't', kind .. 'd:' .. day, kind .. 'w:' .. week
local old = fieldsOf(ledger, { 'n', 'epoch', 'run', 't', 'an', mark, page, 'pn',
  T, D, W, 'v', 'd:' .. day, 'w:' .. week, 'bt', 'bd:' .. day, 'bw:' .. week, 'ct', 'cd:' .. day, 'cw:' .. week })
local audits, marked, record = number(old.an), old[mark], recordOf(old[page])
local function refuse(outcome) return { 'outcome', outcome } end

-- 1. May it happen at all?
if undo then
  if not marked then return refuse('unknownId') end
  if string.find(marked, ' ', 1, true) then return refuse('undone') end
elseif marked then
  if string.find(marked, ' ', 1, true) then return refuse('undone') end
  return { 'outcome', 'present', 'audit', call('HGET', ledger, 'a:' .. string.match(marked, '^%d+')) }
end
if audits >= tonumber(given.maxAudits) then return refuse('full') end
if kind == 'c' and not undo and not record then return refuse('unknownPage') end

local writes, put = newWrites()
local before, after = {}, {}
local fault, newRecord
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
  shows('total', number(old.v) + number(old.bt) + number(old.ct), change.total)
  shows('day', number(old['d:' .. day]) + number(old['bd:' .. day]) + number(old['cd:' .. day]), change.day)
  shows(nil, number(old['w:' .. week]) + number(old['bw:' .. week]) + number(old['cw:' .. week]), change.week)
  put(T, number(old[T]) + change.total)
  if change.day ~= 0 then put(D, number(old[D]) + change.day) end
  if change.week ~= 0 then put(W, number(old[W]) + change.week) end
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
  if not record then put('pn', number(old.pn) + 1) end
  newRecord = join(counted, kind == 'b' and text or baseline, kind == 'c' and text or correction, flags)
  put(page, newRecord)
end
if fault then return refuse(fault) end

-- 4. The audit: an entry never changes, and the mark of the id tells which entries applied it and took it back.
audits = audits + 1
local entry = string.sub(given.audit, 1, -2)
  .. ',"before":{' .. table.concat(before, ',') .. '},"after":{' .. table.concat(after, ',') .. '}}'
put('an', audits)
put('a:' .. audits, entry)
put(mark, undo and marked .. ' ' .. audits or audits)
local epoch, commit = stampAfter(put, old)
call('HSET', ledger, unpack(writes))
return { 'outcome', 'applied', 'audit', tostring(audits), 'epoch', epoch, 'commit', commit, 'page', newRecord or '' }
