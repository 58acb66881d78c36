%% SPDX-License-Identifier: MIT
-module(fan_in).
-export([start/0]).

start() ->
    Consumer = self(),
    [spawn(fun() -> produce(20000, I, Consumer) end) || I <- lists:seq(1, 100)],
    io:format("~w~n", [consume(100 * 20000, 0)]).

produce(0, _, _) -> ok;
produce(N, I, Consumer) ->
    Consumer ! {item, I, N},
    produce(N - 1, I, Consumer).

consume(0, Sum) -> Sum;
consume(Left, Sum) ->
    receive {item, I, N} -> consume(Left - 1, Sum + I + N) end.
