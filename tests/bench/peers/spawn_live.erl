%% SPDX-License-Identifier: MIT
-module(spawn_live).
-export([start/0]).

-define(COUNT, 300000).

start() ->
    Boss = self(),
    Workers = [spawn(fun() -> worker(Boss) end) || _ <- lists:seq(1, ?COUNT)],
    take(?COUNT),
    [Worker ! stop || Worker <- Workers],
    take(?COUNT),
    io:format("done~n").

worker(Boss) ->
    Boss ! up,
    receive stop -> Boss ! down end.

take(0) -> ok;
take(N) ->
    receive _ -> take(N - 1) end.
