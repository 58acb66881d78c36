-- SPDX-License-Identifier: MIT
local actors = require("actors")
local COUNT = 300000
actors.spawn(function()
  local boss, workers = actors.self(), {}
  for i = 1, COUNT do
    workers[i] = actors.spawn(function()
      actors.send(boss, "up")
      actors.receive()
      actors.send(boss, "down")
    end)
  end
  for _ = 1, COUNT do
    actors.receive()
  end
  for i = 1, COUNT do
    actors.send(workers[i], "stop")
  end
  for _ = 1, COUNT do
    actors.receive()
  end
  print("done")
end)
actors.run()
