%% SPDX-License-Identifier: MIT
-module(parallel_fib27).
-export([start/0]).

start() ->
    Boss = self(),
    [spawn(fun() -> Boss ! fib(27) end) || _ <- lists:seq(1, 8)],
    io:format("~w~n", [collect(8, 0)]).

collect(0, Sum) -> Sum;
collect(Left, Sum) ->
    receive Result -> collect(Left - 1, Sum + Result) end.

fib(N) when N < 2 -> N;
fib(N) -> fib(N - 1) + fib(N - 2).
