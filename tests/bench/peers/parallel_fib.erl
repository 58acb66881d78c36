%% SPDX-License-Identifier: MIT
-module(parallel_fib).
-export([start/1]).

%% erl -s parallel_fib start N
start([Argument]) ->
    Boss = self(),
    N = list_to_integer(atom_to_list(Argument)),
    [spawn(fun() -> Boss ! fib(N) end) || _ <- lists:seq(1, 8)],
    io:format("~w~n", [collect(8, 0)]).

collect(0, Sum) -> Sum;
collect(Left, Sum) ->
    receive Result -> collect(Left - 1, Sum + Result) end.

fib(N) when N < 2 -> N;
fib(N) -> fib(N - 1) + fib(N - 2).
