// SPDX-License-Identifier: MIT
/**
 * Elementary functions that give the same bits on every platform, which those of C libraries do not.
 * They work in pairs of doubles (about 100 bits) and round once, so results are correctly rounded but
 * for one case in about 2^40. Special cases are those of C's Annex F.
 */
#ifndef TT_EXEC_ELEMENTARY_H
#define TT_EXEC_ELEMENTARY_H

double tt_elementary_exp(double x);
double tt_elementary_log(double x);
double tt_elementary_log2(double x);
double tt_elementary_log10(double x);
double tt_elementary_pow(double x, double y);
double tt_elementary_sin(double x);
double tt_elementary_cos(double x);
double tt_elementary_tan(double x);
double tt_elementary_asin(double x);
double tt_elementary_acos(double x);
double tt_elementary_atan(double x);
double tt_elementary_atan2(double y, double x);
double tt_elementary_hypot(double x, double y);

#endif
