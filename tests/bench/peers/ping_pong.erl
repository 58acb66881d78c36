%% SPDX-License-Identifier: MIT
-module(ping_pong).
-export([start/0]).

start() ->
    Partner = spawn(fun pong/0),
    io:format("~w~n", [ping(1000000, Partner, 0)]),
    Partner ! stop.

ping(0, _, Sum) -> Sum;
ping(N, Partner, Sum) ->
    Partner ! {ping, self(), N},
    receive {pong, V} -> ping(N - 1, Partner, Sum + V) end.

pong() ->
    receive
        {ping, From, N} ->
            From ! {pong, N},
            pong();
        stop -> ok
    end.
