-- SPDX-License-Identifier: MIT
-- Actors on coroutines: one round-robin run queue, one inbox each. An actor's body takes messages by
-- receive() and may give way by pause().
local actors = {}
local ready, ready_first, ready_last = {}, 1, 0
local running

local function make_ready(actor)
  ready_last = ready_last + 1
  ready[ready_last] = actor
end

function actors.spawn(body)
  local actor = { thread = coroutine.create(body), read = 0, written = 0, asleep = false }
  make_ready(actor)
  return actor
end

function actors.send(actor, message)
  local place = actor.written + 1
  actor.written = place
  actor[place] = message
  if actor.asleep then
    actor.asleep = false
    make_ready(actor)
  end
end

function actors.receive()
  local self = running
  while self.read == self.written do
    self.asleep = true
    coroutine.yield()
  end
  local place = self.read + 1
  local message = self[place]
  self[place] = nil
  self.read = place
  return message
end

function actors.pause()
  make_ready(running)
  coroutine.yield()
end

function actors.self()
  return running
end

function actors.run()
  local resume = coroutine.resume
  while ready_first <= ready_last do
    running = ready[ready_first]
    ready[ready_first] = nil
    ready_first = ready_first + 1
    local good, problem = resume(running.thread)
    if not good then error(problem, 0) end
  end
end

return actors
