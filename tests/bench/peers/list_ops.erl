%% SPDX-License-Identifier: MIT
-module(list_ops).
-export([start/0]).

start() ->
    Numbers = lists:seq(1, 1000000),
    io:format("~w~n", [lists:sum([one_round(Numbers, Round) || Round <- lists:seq(1, 5)])]).

one_round(Numbers, Round) ->
    Changed = lists:map(fun(X) -> X * 2 + Round end, Numbers),
    Thirds = lists:filter(fun(X) -> X rem 3 =:= 0 end, Changed),
    lists:foldl(fun(X, Sum) -> Sum + X end, 0, Thirds).
