-- SPDX-License-Identifier: MIT
local actors = require("actors")

local function fib(n)
  if n < 2 then
    return n
  end
  return fib(n - 1) + fib(n - 2)
end

actors.spawn(function()
  local boss, sum = actors.self(), 0
  for _ = 1, 8 do
    actors.spawn(function() actors.send(boss, fib(32)) end)
  end
  for _ = 1, 8 do
    sum = sum + actors.receive()
  end
  print(sum)
end)
actors.run()
