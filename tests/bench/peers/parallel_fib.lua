-- SPDX-License-Identifier: MIT
-- lua parallel_fib.lua N
local actors = require("actors")
local n = tonumber(arg[1])

local function fib(k)
  if k < 2 then
    return k
  end
  return fib(k - 1) + fib(k - 2)
end

actors.spawn(function()
  local boss, sum = actors.self(), 0
  for _ = 1, 8 do
    actors.spawn(function() actors.send(boss, fib(n)) end)
  end
  for _ = 1, 8 do
    sum = sum + actors.receive()
  end
  print(sum)
end)
actors.run()
