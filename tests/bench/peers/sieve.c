// SPDX-License-Identifier: MIT
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int count_primes(int n) {
    bool *prime = malloc((size_t)n + 1);
    if (!prime) abort();
    memset(prime, true, (size_t)n + 1);
    for (int i = 2; i * i <= n; i++)
        if (prime[i])
            for (int multiple = i * i; multiple <= n; multiple += i) prime[multiple] = false;
    int count = 0;
    for (int k = 2; k <= n; k++) count += prime[k];
    free(prime);
    return count;
}

int main(void) {
    int total = 0;
    for (int round = 0; round < 5; round++) total += count_primes(2000000);
    printf("%d\n", total);
    return 0;
}
