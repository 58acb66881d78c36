%% SPDX-License-Identifier: MIT
%% By hand: OTP's own supervisor needs about 13 s for the same.
-module(supervisor_builtin).
-export([start/0]).

start() ->
    Boss = self(),
    spawn(fun() -> process_flag(trap_exit, true), supervise(Boss) end),
    io:format("~w~n", [count(0)]).

count(100000) -> 100000;
count(Reports) -> receive up -> count(Reports + 1) end.

supervise(Boss) ->
    spawn_link(fun() -> Boss ! up, exit(crash) end),
    receive {'EXIT', _, _} -> supervise(Boss) end.
