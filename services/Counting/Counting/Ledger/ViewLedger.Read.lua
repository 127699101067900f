-- Reads the numbers of a site and of some of its pages as of one commit. Writes nothing.
--
-- KEYS 1  the site's ledger
-- ARGV 1  day  2 week: bucket names  3 length of an id generation, ms  4.. paths of pages
-- Reply   as of ViewLedger.Commit: 'applied', '', store time, epoch, commit number, horizon, whether ids by the earlier hash are looked for, the numbers of the site, a record a page
local FIRST_PATH = 4
local day, week = 'd:' .. ARGV[1], 'w:' .. ARGV[2]
local SITE = { 'v', day, week, 'bt', 'b' .. day, 'b' .. week, 'ct', 'c' .. day, 'c' .. week, 'fv', 'ow', 'sl', 'dm' }
local names = { 'n', 'epoch', 't', 'g', 'ih' }
local HEAD = #names
for i = 1, #SITE do names[#names + 1] = SITE[i] end
for i = FIRST_PATH, #ARGV do names[#names + 1] = 'p:' .. ARGV[i] end
local values = call('HMGET', KEYS[1], unpack(names))
local now = storeTime(number(values[3]))
local current, previous = generationsOf(values[4], now)
local horizon = horizonOf(current, previous, tonumber(ARGV[3]))
local answer = { 'applied', '', now, number(values[2]), number(values[1]), horizon, needsEarlier(number(values[5]), current, previous) and 1 or 0 }
for i = HEAD + 1, #names do answer[#answer + 1] = values[i] or '' end
return answer
