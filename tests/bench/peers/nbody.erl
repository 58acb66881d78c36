%% SPDX-License-Identifier: MIT
%% A body is a tuple {X, Y, Z, VX, VY, VZ, Mass}; every step makes new ones.
-module(nbody).
-export([start/0]).

-define(SOLAR_MASS, (4 * 3.141592653589793 * 3.141592653589793)).
-define(DT, 0.01).

start() ->
    Bodies = repeat(500000, hold_still(bodies())),
    io:format("~w~n", [round(energy(Bodies, 0.0) * 1.0e9)]).

bodies() ->
    [body(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0),
     body(4.84143144246472090, -1.16032004402742839, -0.103622044471123109,
          0.00166007664274403694, 0.00769901118419740425, -0.0000690460016972063023, 0.000954791938424326609),
     body(8.34336671824457987, 4.12479856412430479, -0.403523417114321381,
          -0.00276742510726411104, 0.00499852801234917238, 0.0000230417297573763929, 0.000285885980666130812),
     body(12.8943695621391310, -15.1111514016986312, -0.223307578892655734,
          0.00296460137564761618, 0.00237847173959480950, -0.0000296589568540237556, 0.0000436624404335156298),
     body(15.3796971148509165, -25.9193146099879641, 0.179258772950371181,
          0.00268067772490389322, 0.00162824170038242295, -0.0000951592254519715870, 0.0000515138902046611451)].

body(X, Y, Z, VX, VY, VZ, Mass) ->
    {X, Y, Z, VX * 365.24, VY * 365.24, VZ * 365.24, Mass * ?SOLAR_MASS}.

hold_still([{X, Y, Z, _, _, _, Mass} | Planets] = Bodies) ->
    Momentum = fun(Axis) -> lists:sum([element(Axis, B) * element(7, B) || B <- Bodies]) end,
    [{X, Y, Z, -Momentum(4) / ?SOLAR_MASS, -Momentum(5) / ?SOLAR_MASS, -Momentum(6) / ?SOLAR_MASS, Mass} | Planets].

repeat(0, Bodies) -> Bodies;
repeat(N, Bodies) -> repeat(N - 1, step(Bodies)).

step([]) -> [];
step([{X, Y, Z, VX, VY, VZ, Mass} | Others]) ->
    {VX1, VY1, VZ1, Pulled} = attract(X, Y, Z, VX, VY, VZ, Mass, Others, []),
    [{X + ?DT * VX1, Y + ?DT * VY1, Z + ?DT * VZ1, VX1, VY1, VZ1, Mass} | step(Pulled)].

attract(_, _, _, VX, VY, VZ, _, [], Pulled) -> {VX, VY, VZ, lists:reverse(Pulled)};
attract(X, Y, Z, VX, VY, VZ, Mass, [{BX, BY, BZ, BVX, BVY, BVZ, BMass} | Others], Pulled) ->
    DX = X - BX,
    DY = Y - BY,
    DZ = Z - BZ,
    D2 = DX * DX + DY * DY + DZ * DZ,
    Magnitude = ?DT / (D2 * math:sqrt(D2)),
    Pull = Mass * Magnitude,
    BPull = BMass * Magnitude,
    B = {BX, BY, BZ, BVX + DX * Pull, BVY + DY * Pull, BVZ + DZ * Pull, BMass},
    attract(X, Y, Z, VX - DX * BPull, VY - DY * BPull, VZ - DZ * BPull, Mass, Others, [B | Pulled]).

energy([], E) -> E;
energy([{X, Y, Z, VX, VY, VZ, Mass} | Others], E) ->
    Kinetic = 0.5 * Mass * (VX * VX + VY * VY + VZ * VZ),
    Potential = lists:sum([Mass * BMass / distance(X - BX, Y - BY, Z - BZ) || {BX, BY, BZ, _, _, _, BMass} <- Others]),
    energy(Others, E + Kinetic - Potential).

distance(DX, DY, DZ) -> math:sqrt(DX * DX + DY * DY + DZ * DZ).
