%% SPDX-License-Identifier: MIT
-module(fib).
-export([start/0]).

start() -> io:format("~w~n", [fib(32)]).

fib(N) when N < 2 -> N;
fib(N) -> fib(N - 1) + fib(N - 2).
