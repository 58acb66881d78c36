%% SPDX-License-Identifier: MIT
%% Ends when every process has ended: the process count is back where it was.
-module(spawn_exit).
-export([start/0]).

start() ->
    Before = erlang:system_info(process_count),
    spawn_many(1000000),
    await(Before),
    io:format("done~n").

spawn_many(0) -> ok;
spawn_many(N) ->
    spawn(fun() -> ok end),
    spawn_many(N - 1).

await(Before) ->
    case erlang:system_info(process_count) of
        Count when Count > Before -> timer:sleep(1), await(Before);
        _ -> ok
    end.
