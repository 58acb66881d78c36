// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdio.h>

#define BODIES     5
#define SOLAR_MASS (4 * 3.141592653589793 * 3.141592653589793)
#define DAYS       365.24

typedef struct Body {
    double x, y, z, vx, vy, vz, mass;
} Body;

/* Velocities a day and masses of the sun, until main converts them. */
static Body bodies[BODIES] = {
    {0, 0, 0, 0, 0, 0, 1},
    {4.84143144246472090, -1.16032004402742839, -0.103622044471123109, 0.00166007664274403694,
     0.00769901118419740425, -0.0000690460016972063023, 0.000954791938424326609},
    {8.34336671824457987, 4.12479856412430479, -0.403523417114321381, -0.00276742510726411104,
     0.00499852801234917238, 0.0000230417297573763929, 0.000285885980666130812},
    {12.8943695621391310, -15.1111514016986312, -0.223307578892655734, 0.00296460137564761618,
     0.00237847173959480950, -0.0000296589568540237556, 0.0000436624404335156298},
    {15.3796971148509165, -25.9193146099879641, 0.179258772950371181, 0.00268067772490389322,
     0.00162824170038242295, -0.0000951592254519715870, 0.0000515138902046611451},
};

static void convert(void) {
    double px = 0, py = 0, pz = 0;
    for (Body *b = bodies; b < bodies + BODIES; b++) {
        b->vx *= DAYS;
        b->vy *= DAYS;
        b->vz *= DAYS;
        b->mass *= SOLAR_MASS;
        px += b->vx * b->mass;
        py += b->vy * b->mass;
        pz += b->vz * b->mass;
    }
    bodies[0].vx = -px / SOLAR_MASS;
    bodies[0].vy = -py / SOLAR_MASS;
    bodies[0].vz = -pz / SOLAR_MASS;
}

static void step(double dt) {
    for (Body *a = bodies; a < bodies + BODIES; a++) {
        for (Body *b = a + 1; b < bodies + BODIES; b++) {
            double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
            double d2 = dx * dx + dy * dy + dz * dz;
            double magnitude = dt / (d2 * sqrt(d2));
            double pull_a = a->mass * magnitude, pull_b = b->mass * magnitude;
            a->vx -= dx * pull_b;
            a->vy -= dy * pull_b;
            a->vz -= dz * pull_b;
            b->vx += dx * pull_a;
            b->vy += dy * pull_a;
            b->vz += dz * pull_a;
        }
        a->x += dt * a->vx;
        a->y += dt * a->vy;
        a->z += dt * a->vz;
    }
}

static double energy(void) {
    double e = 0;
    for (const Body *a = bodies; a < bodies + BODIES; a++) {
        e += 0.5 * a->mass * (a->vx * a->vx + a->vy * a->vy + a->vz * a->vz);
        for (const Body *b = a + 1; b < bodies + BODIES; b++) {
            double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
            e -= a->mass * b->mass / sqrt(dx * dx + dy * dy + dz * dz);
        }
    }
    return e;
}

int main(void) {
    convert();
    for (int i = 0; i < 500000; i++) step(0.01);
    printf("%.0f\n", energy() * 1e9);
    return 0;
}
