-- SPDX-License-Identifier: MIT
local text = ""
for _ = 1, 200000 do
  text = text .. "x"
end
local count = 0
for i = 1, #text do
  if text:sub(i, i) == "x" then
    count = count + 1
  end
end
print(#text .. " " .. count)
