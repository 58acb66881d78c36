%% SPDX-License-Identifier: MIT
-module(loop_sum).
-export([start/0]).

start() -> io:format("~w~n", [sum(0, 100000000, 0)]).

sum(I, I, Sum) -> Sum;
sum(I, N, Sum) -> sum(I + 1, N, Sum + I).
