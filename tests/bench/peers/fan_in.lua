-- SPDX-License-Identifier: MIT
local actors = require("actors")
actors.spawn(function()
  local consumer = actors.self()
  for i = 1, 100 do
    actors.spawn(function()
      for n = 20000, 1, -1 do
        actors.send(consumer, { tag = "item", i = i, n = n })
        if n % 1000 == 0 then
          actors.pause()
        end
      end
    end)
  end
  local sum = 0
  for _ = 1, 100 * 20000 do
    local item = actors.receive()
    sum = sum + item.i + item.n
  end
  print(string.format("%d", sum))
end)
actors.run()
