-- SPDX-License-Identifier: MIT
local actors = require("actors")
actors.spawn(function()
  for i = 1, 1000000 do
    actors.spawn(function() end)
    if i % 1000 == 0 then
      actors.pause()
    end
  end
  print("done")
end)
actors.run()
