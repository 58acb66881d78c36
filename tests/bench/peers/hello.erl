%% SPDX-License-Identifier: MIT
-module(hello).
-export([start/0]).

start() -> io:format("hello~n").
