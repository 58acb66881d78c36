%% SPDX-License-Identifier: MIT
%% The array is an atomics array, where 1 means composite: nothing else in plain Erlang changes in place.
-module(sieve).
-export([start/0]).

start() -> io:format("~w~n", [lists:sum([count_primes(2000000) || _ <- lists:seq(1, 5)])]).

count_primes(N) ->
    Composite = atomics:new(N, []),
    candidates(2, N, Composite),
    count(2, N, Composite, 0).

candidates(I, N, _) when I * I > N -> ok;
candidates(I, N, Composite) ->
    case atomics:get(Composite, I) of
        0 -> cross_out(I * I, I, N, Composite);
        1 -> ok
    end,
    candidates(I + 1, N, Composite).

cross_out(K, _, N, _) when K > N -> ok;
cross_out(K, I, N, Composite) ->
    atomics:put(Composite, K, 1),
    cross_out(K + I, I, N, Composite).

count(K, N, _, Sum) when K > N -> Sum;
count(K, N, Composite, Sum) -> count(K + 1, N, Composite, Sum + 1 - atomics:get(Composite, K)).
