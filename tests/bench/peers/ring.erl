%% SPDX-License-Identifier: MIT
-module(ring).
-export([start/0]).

start() ->
    Main = self(),
    First = spawn(fun() -> receive {next, Next} -> node(Next, Main) end end),
    Last = lists:foldl(fun(_, Next) -> spawn(fun() -> node(Next, Main) end) end, First, lists:seq(2, 1000)),
    First ! {next, Last},
    First ! {token, 1000000},
    receive Word -> io:format("~w~n", [Word]) end.

node(Next, Main) ->
    receive
        {token, 0} -> Main ! done;
        {token, N} ->
            Next ! {token, N - 1},
            node(Next, Main)
    end.
