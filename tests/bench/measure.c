// SPDX-License-Identifier: MIT
/**
 * measure [-p CPU] [-c SECONDS] [-w SECONDS] PROGRAM ARGS…
 *
 * Runs a program to its end and writes one line to file descriptor 3:
 *   user_us system_us wall_us peak_bytes exit|signal NUMBER
 * `user` and `system` include all threads. -p pins the program to one processor (where the system can),
 * -c bounds its processor time, -w its wall time. A process of its own because the peak memory of a
 * child counts from its fork: that of a large parent would show through.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sched.h>
#endif

enum { RESULT_FD = 3, NOT_STARTED = 127 };

static pid_t child;

static void kill_child(int signal_number) {
    (void)signal_number;
    if (child > 0) kill(-child, SIGKILL);
}

static long long wall_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000ll + now.tv_nsec / 1000;
}

static long long us(struct timeval time) {
    return time.tv_sec * 1000000ll + time.tv_usec;
}

static long long peak_bytes(const struct rusage *usage) {
#ifdef __APPLE__
    return usage->ru_maxrss;
#else
    return usage->ru_maxrss * 1024ll;
#endif
}

static void pin(long cpu) {
#ifdef __linux__
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((int)cpu, &set);
    /* Without effect where the processor is not ours to use: the figures are noisier, not wrong. */
    (void)sched_setaffinity(0, sizeof set, &set);
#else
    (void)cpu;
#endif
}

static void become(char **command, long cpu, long cpu_seconds) {
    setpgid(0, 0);
    close(RESULT_FD);
    if (cpu >= 0) pin(cpu);
    if (cpu_seconds > 0) {
        struct rlimit limit = {(rlim_t)cpu_seconds, (rlim_t)cpu_seconds + 1};
        setrlimit(RLIMIT_CPU, &limit);
    }
    execvp(command[0], command);
    fprintf(stderr, "measure: %s: %s\n", command[0], strerror(errno));
    _exit(NOT_STARTED);
}

int main(int argc, char **argv) {
    long cpu = -1, cpu_seconds = 0, wall_seconds = 0;
    int option;
    while ((option = getopt(argc, argv, "+p:c:w:")) != -1) {
        switch (option) {
        case 'p': cpu = atol(optarg); break;
        case 'c': cpu_seconds = atol(optarg); break;
        case 'w': wall_seconds = atol(optarg); break;
        default: return 2;
        }
    }
    if (optind == argc) {
        fprintf(stderr, "usage: measure [-p CPU] [-c SECONDS] [-w SECONDS] PROGRAM ARGS…\n");
        return 2;
    }
    signal(SIGALRM, kill_child);
    signal(SIGTERM, kill_child);
    signal(SIGINT, kill_child);

    long long start = wall_us();
    child = fork();
    if (child < 0) {
        perror("measure: fork");
        return 1;
    }
    if (child == 0) become(argv + optind, cpu, cpu_seconds);
    setpgid(child, child); /* both sides, whoever is first: kill_child needs the group */
    if (wall_seconds > 0) alarm((unsigned)wall_seconds);

    struct rusage usage;
    int status;
    while (wait4(child, &status, 0, &usage) < 0)
        if (errno != EINTR) {
            perror("measure: wait4");
            return 1;
        }
    long long wall = wall_us() - start;
    dprintf(RESULT_FD, "%lld %lld %lld %lld %s %d\n", us(usage.ru_utime), us(usage.ru_stime), wall,
            peak_bytes(&usage), WIFSIGNALED(status) ? "signal" : "exit",
            WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    return 0;
}
