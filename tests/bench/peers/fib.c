// SPDX-License-Identifier: MIT
#include <stdio.h>

static long __attribute__((noinline)) fib(long n) {
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

int main(void) {
    printf("%ld\n", fib(32));
    return 0;
}
