%% SPDX-License-Identifier: MIT
-module(string_naive).
-export([start/0]).

start() ->
    Text = build(200000, <<>>),
    io:format("~w ~w~n", [byte_size(Text), count(Text, 0)]).

build(0, Text) -> Text;
build(N, Text) -> build(N - 1, <<Text/binary, "x">>).

count(<<>>, Sum) -> Sum;
count(<<$x, Rest/binary>>, Sum) -> count(Rest, Sum + 1);
count(<<_, Rest/binary>>, Sum) -> count(Rest, Sum).
