/* The kernel of multiregional_engine in C: a block of draws is carried through all years in cache.

   multiregional_native.py compiles it for the machine it runs on, once for each type of number. REAL is that type,
   BITS an integer of its size, KIND its name in vector instructions; SERIES the coefficients of exp r, highest power first; HIGH and LOW the parts of ln 2,
   MAGIC 1.5 units of the mantissa's width, BIAS and TAIL of the exponent, TOP where exp -y stops falling.

   Draws lie side by side: a cell is `wide` numbers, one for each draw of the block, in whole chunks of 64 bytes. A
   plane is one sex and age: cells by region, then group. Ages are worked from the oldest down, so the state needs no
   second copy. Every draw has a lane of its own and lanes never meet, so its bits depend neither on the others nor
   on `wide`. The steps are those of multiregional.step, in the same order; with the order EVEN the second half of the
   moves of a year and the first half of those of the next are done at one visit of a plane. */

#include <stdint.h>
#include <string.h>
#if defined(__FMA__)
#include <immintrin.h>
#endif

#if defined(__AVX512F__)
#define BYTES 64
#elif defined(__AVX__)
#define BYTES 32
#else
#define BYTES 16
#endif
#define CHUNK ((whole)(64 / sizeof(REAL)))   /* draws in 64 bytes */
#define LANES ((whole)(BYTES / sizeof(REAL))) /* draws in a register */
#define PARTS (64 / BYTES)
#define TILE (12 / PARTS) /* destinations worked together: twelve sums stay in registers */
#define MOST 64           /* draws of a block at most */
#define KINDS 9
#define JOINED_AS(a, b) a##b
#define JOIN(a, b) JOINED_AS(a, b)
#define INLINE static inline __attribute__((always_inline))
#define ALL(v) for (whole v = 0; v < wide; v += LANES)

typedef int64_t whole;
typedef REAL vec __attribute__((vector_size(BYTES), may_alias));
typedef BITS ints __attribute__((vector_size(BYTES), may_alias));

enum { BIRTHS, DEATHS, ENTERED, DEPARTED, IMMIGRANTS, EMIGRANTS, JOINED, LEFT, CLIPPED };
enum { FERTILITY, INTERNAL, EMIGRATION, IMMIGRATION };
enum { DONE, SHORT, FULL, SHARE, GIVEN }; /* how people survive on the way into a plane */

/* What a run is given; the same fields in the same order stand in multiregional_native.py. */
typedef struct {
    whole ages, groups, regions, wide, years, bases, number, levels, hazard, even, fine, rank;
    whole rows, units, buckets, kept, by_region[4], by_group[4];
    double top_emigration, top_level;
    const REAL *base, *mortality, *emigration, *immigration, *level, *fertility, *newcomers;
    const REAL *choice, *second, *mixing, *change;
    const double *reach, *table, *place, *factor[4], *ratio;
    const whole *uniform, *which, *changing, *bears, *labels, *names, *unit, *places;
    double *sums, *accounts, *moments;
} Job;

typedef struct { /* rates, factors and accounts of one year of a block */
    REAL *deaths, *factors, *accounts, girls;
    whole step[4], tight;
} Year;

typedef struct {
    const Job *job;
    whole cells, wide, plane; /* cells of a plane, draws, numbers of a plane */
    REAL *state, *gone, *middle, *alive, *spare, *mothers, *born, *rows, *shares;
    Year years[2];
} Block;

INLINE vec get(const REAL *at) { return *(const vec *)at; }
INLINE void put(REAL *at, vec x) { *(vec *)at = x; }
INLINE void add(REAL *at, vec x) { *(vec *)at += x; }
INLINE vec all(REAL x) { return x - (vec){0}; }
INLINE vec least(vec a, vec b)
{
    ints first = (ints)(a < b);
    return (vec)(((ints)a & first) | ((ints)b & ~first));
}
/* a b + c, rounded once where the processor can; never left to the compiler, so that all forms give the same bits. */
INLINE vec fused(vec a, vec b, vec c)
{
#if defined(__AVX512F__)
    return (vec)JOIN(_mm512_fmadd_, KIND)(a, b, c);
#elif defined(__FMA__)
    return (vec)JOIN(_mm256_fmadd_, KIND)(a, b, c);
#elif defined(__clang__) && __has_builtin(__builtin_elementwise_fma)
    return __builtin_elementwise_fma(a, b, c);
#else
    return a * b + c;
#endif
}
INLINE whole lower(whole a, whole b) { return a < b ? a : b; }

/* exp r for |r| <= ln 2 / 2, by pairs of terms (Estrin 1960): a short way from r to the sum. */
INLINE vec series(vec r)
{
    static const REAL terms[] = {SERIES};
    enum { COUNT = sizeof terms / sizeof *terms };
    vec sum[COUNT];
#pragma GCC unroll 16
    for (int k = 0; k < COUNT; k++)
        sum[k] = all(terms[COUNT - 1 - k]);
#pragma GCC unroll 4
    for (int left = COUNT; left > 1; left = (left + 1) / 2, r *= r)
#pragma GCC unroll 8
        for (int k = 0; k < (left + 1) / 2; k++)
            sum[k] = 2 * k + 1 < left ? fused(sum[2 * k + 1], r, sum[2 * k]) : sum[2 * k];
    return sum[0];
}

/* The share who survive the rate y (SHORT: y <= 0.34, the same bits as FULL) or the share y who die. */
INLINE vec survival(vec y, const int how)
{
    if (how == SHARE)
        return all(1) - y;
    if (how == SHORT)
        return series(-y);
    y = least(y, all((REAL)TOP));
    vec turned = fused(y, all((REAL)INVERSE), all((REAL)MAGIC)), k = turned - (REAL)MAGIC;
    vec r = fused(k, all((REAL)LOW), fused(k, all((REAL)HIGH), -y));
    ints power = (BIAS - ((ints)turned - (ints)all((REAL)MAGIC))) << TAIL;
    return series(r) * (vec)power;
}

/* Where the accounts of a kind and cell stand. */
INLINE REAL *account(const Block *b, const Year *y, whole kind, whole cell)
{
    return y->accounts + (kind * b->cells + cell) * b->wide;
}

/* Death rates and factors of the year t of draws first .. first + count - 1, a lane for each; accounts at 0. */
static void begin(const Block *b, Year *y, whole t, whole first, whole count)
{
    const Job *job = b->job;
    whole ages = job->ages, wide = b->wide;
    double most[4] = {0};
    y->girls = (REAL)(1 / (1 + job->ratio[t]));
    memset(y->accounts, 0, (size_t)(KINDS * b->plane) * sizeof(REAL));
    for (whole j = 0; j < wide; j++) {
        whole d = first + lower(j, count - 1);
        for (whole s = 0; s < 2; s++) {
            double place = job->place[(d * job->years + t) * 2 + s];
            whole low = lower((whole)place, job->levels - 2);
            low = low < 0 ? 0 : low;
            double part = place - (double)low;
            const double *below = job->table + (low * 2 + s) * ages;
            const double *above = job->table + (lower(low + 1, job->levels - 1) * 2 + s) * ages;
            REAL *found = y->deaths + s * ages * wide + j;
            for (whole x = 0; x < ages; x++)
                found[x * wide] = (REAL)((1 - part) * below[x] + part * above[x]);
        }
        for (whole k = 0; k < 4; k++) {
            whole regions = job->by_region[k], groups = job->by_group[k];
            double share = job->even || k == FERTILITY ? 0.5 : 1;
            const double *from = job->factor[k] + (d * job->years + t) * regions * groups;
            for (whole r = 0; r < regions; r++)
                for (whole g = 0; g < job->groups; g++) {
                    double value = share * from[r * groups + lower(g, groups - 1)];
                    y->factors[(k * b->cells + r * job->groups + g) * wide + j] = (REAL)value;
                    most[k] = value > most[k] ? value : most[k];
                }
        }
    }
    for (whole k = 0; k < 4; k++)
        y->step[k] = job->by_region[k] > 1 ? job->groups : 0;
    y->tight = job->top_emigration * most[EMIGRATION] > 1 || job->top_level * most[INTERNAL] > 1;
}

/* How those who reach a plane survive; one share for all cells is worked out at once. */
static int way(const Block *b, const Year *y, whole i)
{
    const Job *job = b->job;
    whole wide = b->wide;
    int how = !job->hazard ? SHARE : job->reach[i] < 0.34 ? SHORT : FULL;
    if (!job->uniform[i])
        return how;
    REAL factor = job->mortality[i * b->cells];
    ALL(v) {
        vec rate = factor * get(y->deaths + i * wide + v);
        put(b->shares + v, how == SHARE ? survival(rate, SHARE) : how == SHORT ? survival(rate, SHORT) : survival(rate, FULL));
    }
    return GIVEN;
}

typedef struct { /* where people come from, and the plane i that they get into */
    const REAL *people, *older;
    whole i;
} Source;

typedef struct { /* where the lane v of the cells stands, by value: nothing is read again after a vector is written */
    const REAL *people, *older, *mortality, *emigration, *internal, *abroad, *level;
    REAL *state, *gone, *alive, *dead, *away, *moved, *clipped;
    vec rate, share;
} Cells;

/* The lanes from v on of the first region. */
INLINE Cells cells_of(const Block *b, const Year *y, const Source *from, whole v)
{
    const Job *job = b->job;
    whole i = from->i;
    return (Cells){
        .people = from->people + v,
        .older = from->older ? from->older + v : 0,
        .mortality = job->mortality + i * b->cells,
        .emigration = job->emigration + i * b->cells,
        .internal = y->factors + INTERNAL * b->plane + v,
        .abroad = y->factors + EMIGRATION * b->plane + v,
        .level = job->level + i * job->regions,
        .state = b->state + i * b->plane + v,
        .gone = b->gone + v / CHUNK * job->regions * CHUNK + v % CHUNK,
        .alive = b->alive + v,
        .dead = account(b, y, DEATHS, 0) + v,
        .away = account(b, y, EMIGRANTS, 0) + v,
        .moved = account(b, y, DEPARTED, 0) + v,
        .clipped = account(b, y, CLIPPED, 0) + v,
        .rate = get(y->deaths + i * b->wide + v),
        .share = get(b->shares + v),
    };
}

/* Those of the group g who survive, `at` numbers on. */
INLINE vec reach(const Cells *of, whole g, whole at, const int how, const int older, vec *dead)
{
    vec exposed = get(of->people + at);
    if (older)
        exposed += get(of->older + at);
    if (how == DONE)
        return exposed;
    vec share = how == GIVEN ? of->share : survival(of->mortality[g] * of->rate, how);
    vec alive = exposed * share;
    *dead += exposed - alive;
    return alive;
}

INLINE void survive_as(const Block *b, const Year *y, const Source *from, const int how, const int plain, const int fine)
{
    const whole wide = b->wide, groups = b->job->groups, regions = b->job->regions, row = groups * wide;
    ALL(v) {
        Cells of = cells_of(b, y, from, v);
        for (whole r = 0; r < regions; r++) {
            vec dead = {0};
            for (whole g = 0, at = 0; g < groups; g++, at += wide) {
                put(of.alive + at, reach(&of, g, at, how, !plain && of.older, &dead));
                if (fine || g == groups - 1) {
                    add(of.dead + (fine ? at : 0), dead);
                    dead = all(0);
                }
            }
            of.people += row, of.alive += row, of.dead += row, of.mortality += groups;
            if (!plain && of.older)
                of.older += row;
        }
    }
}

INLINE void leave_as(const Block *b, const Year *y, const Source *from, const int how, const int plain, const int fine)
{
    const whole wide = b->wide, groups = b->job->groups, regions = b->job->regions, row = groups * wide;
    const whole tight = y->tight, internal = y->step[INTERNAL] * wide, abroad = y->step[EMIGRATION] * wide;
    ALL(v) {
        Cells of = cells_of(b, y, from, v);
        for (whole r = 0; r < regions; r++) {
            vec dead = {0}, away = {0}, moved = {0}, level = all(of.level[r]);
            REAL *gone = of.gone + r * CHUNK;
            for (whole g = 0, at = 0; g < groups; g++, at += wide, gone += wide * regions) {
                vec alive = reach(&of, g, at, how, !plain && of.older, &dead);
                vec share = of.emigration[g] * get(of.abroad + at), part = level * get(of.internal + at);
                vec wanted = share, asked = part;
                if (!plain && tight)
                    share = least(wanted, all(1)), part = least(asked, all(1));
                vec out = alive * share, stay = alive - out, leaving = stay * part;
                if (!plain && tight)
                    add(of.clipped + at, fused(alive, wanted - share, stay * (asked - part)));
                put(gone, leaving);
                put(of.state + at, stay - leaving);
                away += out, moved += leaving;
                if (fine || g == groups - 1) {
                    whole to = fine ? at : 0;
                    if (how != DONE)
                        add(of.dead + to, dead);
                    add(of.away + to, away);
                    add(of.moved + to, moved);
                    dead = away = moved = all(0);
                }
            }
            of.people += row, of.state += row, of.dead += row, of.away += row, of.moved += row, of.clipped += row;
            of.mortality += groups, of.emigration += groups, of.internal += internal, of.abroad += abroad;
            if (!plain && of.older)
                of.older += row;
        }
    }
}

#define FORM(work, how, form) \
    case 4 * how + form: \
        work(b, y, from, how, form % 2, form / 2); \
        break;
#define FORMS(work, how) FORM(work, how, 0) FORM(work, how, 1) FORM(work, how, 2) FORM(work, how, 3)
#define CHOOSE(work) \
    int plain = !from->older && !y->tight; \
    switch (4 * how + 2 * (int)b->job->fine + plain) { \
        FORMS(work, DONE) FORMS(work, SHORT) FORMS(work, FULL) FORMS(work, SHARE) FORMS(work, GIVEN) \
    }

/* The survivors who reach a plane, into `alive`; deaths. */
static void survive(const Block *b, const Year *y, const Source *from, int how) { CHOOSE(survive_as) }

/* Survival, emigrants, those who move, into `gone`, and those who stay, of a plane. */
static void leave(const Block *b, const Year *y, const Source *from, int how) { CHOOSE(leave_as) }

typedef struct { /* where those who arrive in the first region of a tile are added, and the way to the next */
    REAL *state, *entered;
    const REAL *immigration, *factor;
    whole groups, row, by;
} Land;

/* Adds those who arrive in n regions, and immigrants. */
INLINE void land(const Land to, const int n, vec sum[TILE][PARTS])
{
#pragma GCC unroll 12
    for (int e = 0; e < n; e++) {
        vec coming = all(to.immigration[e * to.groups]);
        const REAL *factor = to.factor + e * to.by;
        REAL *state = to.state + e * to.row, *entered = to.entered + e * to.row;
#pragma GCC unroll 4
        for (int v = 0; v < PARTS; v++) {
            vec stayed = get(state + v * LANES) + sum[e][v], before = get(entered + v * LANES);
            stayed = fused(coming, get(factor + v * LANES), stayed);
            put(entered + v * LANES, before + sum[e][v]);
            put(state + v * LANES, stayed);
        }
    }
}

/* n columns of people x panel for one chunk; into `out`, or landed where there is none. */
INLINE void columns(const REAL *people, const REAL *panel, const whole rows, REAL *out, const Land to, const int n)
{
    vec sum[TILE][PARTS];
#pragma GCC unroll 12
    for (int e = 0; e < n; e++)
#pragma GCC unroll 4
        for (int v = 0; v < PARTS; v++)
            sum[e][v] = all(0);
    for (whole o = 0; o < rows; o++) {
        vec p[PARTS];
#pragma GCC unroll 4
        for (int v = 0; v < PARTS; v++)
            p[v] = get(people + o * CHUNK + v * LANES);
#pragma GCC unroll 12
        for (int e = 0; e < n; e++)
#pragma GCC unroll 4
            for (int v = 0; v < PARTS; v++)
                sum[e][v] = fused(p[v], all(panel[o * n + e]), sum[e][v]);
    }
    if (!out) {
        land(to, n, sum);
        return;
    }
    for (int e = 0; e < n; e++)
        for (int v = 0; v < PARTS; v++)
            put(out + e * CHUNK + v * LANES, sum[e][v]);
}

#define CASE(n) case n: columns(from, matrix + start * rows, rows, out, to, n); break;

/* people (chunks, rows) x matrix, the columns in tiles; landed in the plane i, or kept in `out` (chunks, count). */
static void product(const Block *b, const Year *y, whole i, const REAL *from, const REAL *matrix, const whole *size, REAL *out)
{
    const Job *job = b->job;
    const whole rows = size[0], count = size[1], tiles = (count + TILE - 1) / TILE, groups = job->groups, wide = b->wide;
    const REAL *ahead = b->state + (i > 1 ? i - 2 : 0) * b->plane;
    const whole even = count / tiles, more = count % tiles, by = y->step[IMMIGRATION] * wide, row = groups * wide;
    for (whole g = 0; g < groups; g++)
        for (whole v = 0; v < wide; v += CHUNK, from += rows * CHUNK, ahead += job->regions * CHUNK) {
            for (whole k = 0; k < job->regions; k++) /* the next plane but one, on its way while products are summed */
                __builtin_prefetch(ahead + k * CHUNK);
            Land to = {
                b->state + i * b->plane + g * wide + v, account(b, y, ENTERED, job->fine ? g : 0) + v,
                job->immigration + i * b->cells + g, y->factors + (IMMIGRATION * b->cells + g) * wide + v, groups, row, by,
            };
            for (whole k = 0, start = 0, n; k < tiles; k++, start += n) {
                n = k < more ? even + 1 : even;
                switch (n) {
                    CASE(1) CASE(2) CASE(3)
#if TILE > 3
                    CASE(4) CASE(5) CASE(6)
#endif
#if TILE > 6
                    CASE(7) CASE(8) CASE(9) CASE(10) CASE(11) CASE(12)
#endif
                }
                to.state += n * row, to.entered += n * row, to.immigration += n * groups, to.factor += n * by;
                if (out)
                    out += n * CHUNK;
            }
        }
}

/* Survival (unless DONE), emigration, moves and immigration of a plane. */
static void move(const Block *b, const Year *y, const Source *from, int how)
{
    const Job *job = b->job;
    whole k = job->which[from->i], regions = job->regions, rank = job->rank;
    leave(b, y, from, how);
    if (!rank) {
        product(b, y, from->i, b->gone, job->choice + k * regions * regions, (whole[]){regions, regions}, 0);
        return;
    }
    product(b, y, from->i, b->gone, job->choice + k * regions * rank, (whole[]){regions, rank}, b->middle);
    product(b, y, from->i, b->middle, job->second + k * regions * rank, (whole[]){rank, regions}, 0);
}

/* Adds fertility times the women of an age, at the start and, with the order END, at the end of the year. */
static void bearing(const Block *b, whole x, const REAL *women, const REAL *later)
{
    for (whole c = 0; c < b->cells; c++) {
        REAL rate = b->job->fertility[x * b->cells + c];
        for (whole v = c * b->wide; v < (c + 1) * b->wide; v += LANES) {
            vec all_women = get(women + v);
            if (later)
                all_women += get(later + v);
            put(b->mothers + v, fused(all(rate), all_women, get(b->mothers + v)));
        }
    }
}

/* Births by group of the child; girls, then boys. */
static void bear(const Block *b, const Year *y)
{
    whole groups = b->job->groups, wide = b->wide;
    for (whole c = 0; c < b->cells; c++) {
        whole r = c / groups, child = c % groups;
        const REAL *factor = y->factors + (FERTILITY * b->cells + r * y->step[FERTILITY]) * wide;
        ALL(v) {
            vec total = {0};
            for (whole g = 0; g < groups; g++) {
                vec mothers = get(b->mothers + (r * groups + g) * wide + v) * get(factor + g * wide + v);
                total = fused(mothers, all(b->job->mixing[g * groups + child]), total);
            }
            vec girls = total * y->girls;
            put(account(b, y, BIRTHS, c) + v, total);
            put(b->born + c * wide + v, girls);
            put(b->born + b->plane + c * wide + v, total - girls);
        }
    }
}

/* Those in `alive` change their group by a matrix. */
static void change(const Block *b, const Year *y, const REAL *matrix)
{
    whole groups = b->job->groups, wide = b->wide;
    memcpy(b->spare, b->alive, (size_t)b->plane * sizeof(REAL));
    for (whole c = 0; c < b->cells; c++) {
        whole r = c / groups, new = c % groups;
        ALL(v) {
            vec after = {0};
            for (whole g = 0; g < groups; g++)
                after = fused(get(b->spare + (r * groups + g) * wide + v), all(matrix[g * groups + new]), after);
            vec before = get(b->spare + c * wide + v), stayed = before * matrix[new * groups + new];
            add(account(b, y, LEFT, c) + v, before - stayed);
            add(account(b, y, JOINED, c) + v, after - stayed);
            put(b->alive + c * wide + v, after);
        }
    }
}

/* Adds a plane to the rows of the buckets. */
static void collect(const Block *b, whole i)
{
    whole regions = b->job->regions, row = b->job->groups * b->wide;
    for (whole r = 0; r < regions; r++) {
        whole u = b->job->labels[i * regions + r];
        for (whole v = 0; u >= 0 && v < row; v += LANES)
            add(b->rows + u * row + v, get(b->state + (i * regions + r) * row + v));
    }
}

/* Moves of the start of the year out of a plane and into it. */
static void start(const Block *b, const Year *y, whole i)
{
    Source from = {b->state + i * b->plane, 0, i};
    move(b, y, &from, DONE);
}

/* One year, from the moves of its start on; with `next`, the moves of the start of that year too. */
static void year(const Block *b, const Year *y, const Year *next)
{
    const Job *job = b->job;
    whole ages = job->ages;
    memset(b->mothers, 0, (size_t)b->plane * sizeof(REAL));
    memset(b->rows, 0, (size_t)(job->rows * job->groups * b->wide) * sizeof(REAL));
    for (whole s = 0; s < 2; s++)
        for (whole x = ages - 1; x >= 0; x--) {
            whole i = s * ages + x, mother = s == 0 && x > 0 && job->bears[x];
            REAL *here = b->state + i * b->plane;
            if (i == 0) {
                if (job->bears[0])
                    bearing(b, 0, here, 0);
                bear(b, y);
            }
            Source from = {x ? here - b->plane : b->born + s * b->plane, x && x == ages - 1 ? here : 0, i};
            int how = way(b, y, i);
            if (mother || job->changing[x] >= 0) {
                survive(b, y, &from, how);
                from.people = b->alive, from.older = 0, how = DONE;
            }
            if (job->changing[x] >= 0)
                change(b, y, job->change + (2 * job->changing[x] + s) * job->groups * job->groups);
            if (mother)
                bearing(b, x, here, job->even ? 0 : b->alive);
            move(b, y, &from, how);
            if (mother && job->even)
                bearing(b, x, here, 0);
            if (job->rows)
                collect(b, i);
            if (next)
                start(b, next, i);
        }
    for (whole c = 0; c < b->cells; c++) {
        const REAL *factor = y->factors
            + (IMMIGRATION * b->cells + c / job->groups * y->step[IMMIGRATION] + c % job->groups) * b->wide;
        for (whole v = 0; v < b->wide; v += LANES)
            put(account(b, y, IMMIGRANTS, c) + v, get(factor + v) * (job->newcomers[c] * (job->even ? 2 : 1)));
    }
}

/* Adds the accounts of a year to those of the units, cells of one unit in a row at once. */
static void tell(const Block *b, const Year *y, whole first, whole count, whole t)
{
    const Job *job = b->job;
    double total[MOST] = {0};
    for (whole kind = 0; kind < KINDS; kind++) {
        whole once = !job->fine && (kind == DEATHS || kind == ENTERED || kind == DEPARTED || kind == EMIGRANTS);
        whole by = once ? job->groups : 1;
        for (whole c = 0; c < b->cells; c += by) {
            whole unit = job->unit[c], last = c + by >= b->cells;
            const REAL *from = account(b, y, kind, c);
            for (whole j = 0; unit >= 0 && j < b->wide; j++)
                total[j] += from[j];
            if (unit < 0 || (!last && job->unit[c + by] == unit))
                continue;
            for (whole j = 0; j < count; j++)
                job->accounts[(((first + j) * job->years + t) * job->units + unit) * KINDS + kind] += total[j];
            memset(total, 0, sizeof total);
        }
    }
}

/* Adds the rows of the year t to the buckets. */
static void bucket(const Block *b, whole first, whole count, whole t)
{
    const Job *job = b->job;
    for (whole u = 0; u < job->rows * job->groups; u++)
        for (whole j = 0; job->names[u] >= 0 && j < count; j++)
            job->sums[((first + j) * (job->years + 1) + t) * job->buckets + job->names[u]] += b->rows[u * b->wide + j];
}

/* Mean and sum of squares about it of every cell with a block more (Chan, Golub and LeVeque 1983, Amer. Statistician). */
static void moment(const Block *b, whole count, whole done, double *out)
{
    whole all_cells = 2 * b->job->ages * b->cells, n = CHUNK;
    double keep[MOST] = {0}, *mean = out, *square = out + all_cells, part = (double)count / (double)(done + count);
    for (whole j = 0; j < count; j++)
        keep[j] = 1;
    for (whole i = 0; i < all_cells; i++) {
        const REAL *x = b->state + i * b->wide;
        double sum[16] = {0}, squares[16] = {0}, total = 0, spread = 0;
        for (whole h = 0; h < b->wide; h += n)
            for (whole j = 0; j < n; j++)
                sum[j] += keep[h + j] * x[h + j];
        for (whole j = 0; j < n; j++)
            total += sum[j];
        total /= (double)count;
        for (whole h = 0; h < b->wide; h += n)
            for (whole j = 0; j < n; j++) {
                double away = keep[h + j] * (x[h + j] - total);
                squares[j] += away * away;
            }
        for (whole j = 0; j < n; j++)
            spread += squares[j];
        double shift = total - mean[i];
        mean[i] += shift * part;
        square[i] += spread + shift * shift * ((double)done * part);
    }
}

/* The state of a block at the start: base populations taken in turn. */
static void settle(const Block *b, whole first, whole count)
{
    const Job *job = b->job;
    whole all_cells = 2 * job->ages * b->cells;
    const REAL *from[MOST];
    for (whole j = 0; j < b->wide; j++)
        from[j] = job->base + (job->number + first + lower(j, count - 1)) % job->bases * all_cells;
    for (whole i = 0; i < all_cells; i++)
        for (whole j = 0; j < b->wide; j++)
            b->state[i * b->wide + j] = from[j][i];
}

static REAL *take(REAL **room, whole count)
{
    REAL *found = *room;
    *room += (count + CHUNK - 1) / CHUNK * CHUNK;
    return found;
}

/* Lays a block out in `room`; the numbers it takes. */
static whole lay(const Job *job, Block *b, REAL *room)
{
    whole wide = job->wide, cells = job->regions * job->groups, plane = cells * wide;
    REAL *at = room;
    *b = (Block){.job = job, .cells = cells, .wide = wide, .plane = plane};
    b->state = take(&at, 2 * job->ages * plane);
    b->gone = take(&at, plane), b->alive = take(&at, plane), b->spare = take(&at, plane), b->mothers = take(&at, plane);
    b->middle = take(&at, job->rank * job->groups * wide), b->born = take(&at, 2 * plane);
    b->rows = take(&at, job->rows * job->groups * wide), b->shares = take(&at, wide);
    for (int k = 0; k < 2; k++) {
        b->years[k].deaths = take(&at, 2 * job->ages * wide);
        b->years[k].factors = take(&at, 4 * plane), b->years[k].accounts = take(&at, KINDS * plane);
    }
    return at - room;
}

/* Numbers of work space that a run of draws needs. */
whole room(const Job *job)
{
    Block b;
    return lay(job, &b, 0);
}

/* Destinations worked together at most: matrices come in count / tile tiles, rounded up, as even as can be. */
whole tile(void) { return TILE; }

/* Bytes of a job. */
whole size(void) { return sizeof(Job); }

/* All blocks of the draws first .. last - 1, through all years; `space` on a line of the cache, moments of the run. */
void project(const Job *job, REAL *space, whole first, whole last, whole run)
{
    Block b;
    lay(job, &b, space);
    whole years = job->years, planes = 2 * job->ages;
    for (whole done = 0; first < last; first += job->wide) {
        whole count = lower(job->wide, last - first), ready = 0;
        settle(&b, first, count);
        memset(b.rows, 0, (size_t)(job->rows * job->groups * b.wide) * sizeof(REAL));
        for (whole i = 0; job->rows && i < planes; i++)
            collect(&b, i);
        for (whole t = 0; t <= years; t++) {
            Year *y = &b.years[t % 2], *next = 0; /* the year that ends at t, and the one that starts */
            if (t > 0) {
                if (job->even && t < years && job->places[t] < 0)
                    next = &b.years[(t + 1) % 2], begin(&b, next, t, first, count);
                if (!ready)
                    begin(&b, y, t - 1, first, count);
                for (whole i = 0; job->even && !ready && i < planes; i++) /* in the order of `year`: the same bits */
                    start(&b, y, i / job->ages * job->ages + job->ages - 1 - i % job->ages);
                year(&b, y, next);
                ready = next != 0;
                tell(&b, y, first, count, t - 1);
            }
            bucket(&b, first, count, t);
            if (job->places[t] >= 0)
                moment(&b, count, done, job->moments + (run * job->kept + job->places[t]) * 2 * planes * b.cells);
        }
        done += count;
    }
}
