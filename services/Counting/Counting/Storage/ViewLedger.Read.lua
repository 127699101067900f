-- Reads the numbers of a site and of some of its pages as of one commit. Writes nothing.
--
-- KEYS 1  the site's ledger
-- ARGV 1  day  2 week: bucket names  3.. paths of pages
-- Reply   as of ViewLedger.Commit: 'applied', '', store time, epoch, commit number, the numbers of the site, a record a page
local day, week = 'd:' .. ARGV[1], 'w:' .. ARGV[2]
local SITE = { 'v', day, week, 'bt', 'b' .. day, 'b' .. week, 'ct', 'c' .. day, 'c' .. week, 'fv', 'ow' }
local names = { 'n', 'epoch', 't' }
for i = 1, #SITE do names[#names + 1] = SITE[i] end
for i = 3, #ARGV do names[#names + 1] = 'p:' .. ARGV[i] end
local values = call('HMGET', KEYS[1], unpack(names))
local answer = { 'applied', '', storeTime(number(values[3])), number(values[2]), number(values[1]) }
for i = 4, #names do answer[#answer + 1] = values[i] or '' end
return answer
