// SPDX-License-Identifier: MIT
#include <stdint.h>
#include <stdio.h>

int main(void) {
    int64_t sum = 0;
    for (int64_t i = 0; i < 100000000; i++) {
        sum += i;
        __asm__ volatile("" : "+r"(sum)); /* or the compiler finds the closed form */
    }
    printf("%lld\n", (long long)sum);
    return 0;
}
