-- SPDX-License-Identifier: MIT
local function map(list, f)
  local result = {}
  for i, x in ipairs(list) do
    result[i] = f(x)
  end
  return result
end

local function filter(list, accept)
  local result, n = {}, 0
  for _, x in ipairs(list) do
    if accept(x) then
      n = n + 1
      result[n] = x
    end
  end
  return result
end

local function reduce(list, f, value)
  for _, x in ipairs(list) do
    value = f(value, x)
  end
  return value
end

local numbers = {}
for i = 1, 1000000 do
  numbers[i] = i
end
local total = 0
for round = 1, 5 do
  local changed = map(numbers, function(x) return x * 2 + round end)
  local thirds = filter(changed, function(x) return x % 3 == 0 end)
  total = total + reduce(thirds, function(a, x) return a + x end, 0)
end
print(string.format("%d", total))
