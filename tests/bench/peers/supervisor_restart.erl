%% SPDX-License-Identifier: MIT
-module(supervisor_restart).
-export([start/0]).

start() ->
    process_flag(trap_exit, true),
    start_child(),
    io:format("~w~n", [serve(0)]).

start_child() -> spawn_link(fun() -> exit(crash) end).

serve(99999) -> receive {'EXIT', _, crash} -> 100000 end;
serve(Restarts) ->
    receive
        {'EXIT', _, crash} ->
            start_child(),
            serve(Restarts + 1)
    end.
