-- SPDX-License-Identifier: MIT
local function count_primes(n)
  local prime = {}
  for k = 1, n do
    prime[k] = true
  end
  local i = 2
  while i * i <= n do
    if prime[i] then
      for multiple = i * i, n, i do
        prime[multiple] = false
      end
    end
    i = i + 1
  end
  local count = 0
  for k = 2, n do
    if prime[k] then
      count = count + 1
    end
  end
  return count
end

local total = 0
for _ = 1, 5 do
  total = total + count_primes(2000000)
end
print(total)
