-- SPDX-License-Identifier: MIT
local actors = require("actors")
actors.spawn(function()
  local main = actors.self()
  local function node(next)
    while true do
      local token = actors.receive()
      if token == 0 then
        actors.send(main, "done")
        return
      end
      actors.send(next, token - 1)
    end
  end
  local first = actors.spawn(function() node(actors.receive()) end)
  local last = first
  for _ = 2, 1000 do
    local next = last
    last = actors.spawn(function() node(next) end)
  end
  actors.send(first, last)
  actors.send(first, 1000000)
  print(actors.receive())
end)
actors.run()
