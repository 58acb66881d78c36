%% SPDX-License-Identifier: MIT
-module(string_build).
-export([start/0]).

start() ->
    Items = lists:join($,, [["item", integer_to_binary(I)] || I <- lists:seq(1, 1000000)]),
    Text = iolist_to_binary(Items),
    Parts = binary:split(Text, <<",">>, [global]),
    Total = lists:foldl(fun(Part, Sum) -> Sum + byte_size(Part) end, 0, Parts),
    io:format("~w ~w ~w~n", [byte_size(Text), length(Parts), Total]).
