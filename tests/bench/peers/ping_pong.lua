-- SPDX-License-Identifier: MIT
local actors = require("actors")

local function pong()
  while true do
    local message = actors.receive()
    if message == "stop" then
      return
    end
    actors.send(message.from, { tag = "pong", n = message.n })
  end
end

actors.spawn(function()
  local partner, sum = actors.spawn(pong), 0
  for n = 1000000, 1, -1 do
    actors.send(partner, { tag = "ping", from = actors.self(), n = n })
    sum = sum + actors.receive().n
  end
  actors.send(partner, "stop")
  print(string.format("%d", sum))
end)
actors.run()
