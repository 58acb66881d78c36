-- SPDX-License-Identifier: MIT
local parts = {}
for i = 1, 1000000 do
  parts[i] = "item" .. i
end
local text = table.concat(parts, ",")
local count, total = 0, 0
for part in text:gmatch("[^,]+") do
  count = count + 1
  total = total + #part
end
print(#text .. " " .. count .. " " .. total)
