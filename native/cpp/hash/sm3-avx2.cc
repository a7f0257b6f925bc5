// Compiled with -mavx2. Only intrinsics and functions of this file: a function of a header that were compiled here could be
// the copy that the linker keeps for machines without AVX2.
#include <immintrin.h>

#include "sm3.h"

namespace evidock {

namespace {

using Lanes = __m256i;

#define INLINE static inline __attribute__((always_inline))

INLINE Lanes add(Lanes a, Lanes b) { return _mm256_add_epi32(a, b); }
INLINE Lanes exor(Lanes a, Lanes b) { return _mm256_xor_si256(a, b); }

template <int N>
INLINE Lanes rotl(Lanes x) {
  if constexpr (N == 0) return x;
  return _mm256_or_si256(_mm256_slli_epi32(x, N), _mm256_srli_epi32(x, 32 - N));
}

/** A rotation by whole bytes is one shuffle instead of two shifts and an or. */
INLINE Lanes rotl8(Lanes x) {
  const Lanes order = _mm256_set_epi8(14, 13, 12, 15, 10, 9, 8, 11, 6, 5, 4, 7, 2, 1, 0, 3, 14, 13, 12, 15, 10, 9, 8, 11, 6, 5, 4, 7, 2, 1, 0, 3);
  return _mm256_shuffle_epi8(x, order);
}

INLINE Lanes swapBytes(Lanes x) {
  const Lanes order = _mm256_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
  return _mm256_shuffle_epi8(x, order);
}

/** Four shifts that do not wait for each other: this is on the longest chain, where depth counts and not the number of steps. */
INLINE Lanes permute0(Lanes x) {
  const Lanes left = exor(_mm256_slli_epi32(x, 9), _mm256_srli_epi32(x, 23));
  const Lanes right = exor(_mm256_slli_epi32(x, 17), _mm256_srli_epi32(x, 15));
  return exor(exor(left, right), x);
}
/** x ^ (x <<< 15) ^ (x <<< 23), off the longest chain, with fewer steps. */
INLINE Lanes permute1(Lanes x) { return exor(x, rotl<15>(exor(x, rotl8(x)))); }

INLINE Lanes expand(const Lanes* w, unsigned j) {
  const Lanes mixed = permute1(exor(exor(w[j & 15], w[(j + 7) & 15]), rotl<15>(w[(j + 13) & 15])));
  return exor(mixed, exor(rotl<7>(w[(j + 3) & 15]), w[(j + 10) & 15]));
}

constexpr uint32_t constantOf(unsigned round) {
  const uint32_t t = round < 16 ? 0x79cc4519 : 0x7a879d8a;
  const unsigned n = round % 32;
  return n == 0 ? t : (t << n) | (t >> (32 - n));
}

template <unsigned Round>
INLINE void step(Lanes a, Lanes& b, Lanes c, Lanes& d, Lanes e, Lanes& f, Lanes g, Lanes& h, Lanes word, Lanes ahead) {
  const Lanes turned = rotl<12>(a);
  const Lanes ss1 = rotl<7>(add(e, add(turned, _mm256_set1_epi32(static_cast<int>(constantOf(Round))))));
  Lanes ff;
  Lanes gg;
  if constexpr (Round < 16) {
    ff = exor(exor(a, b), c);
    gg = exor(exor(e, f), g);
  } else {
    ff = _mm256_or_si256(_mm256_and_si256(a, _mm256_or_si256(b, c)), _mm256_and_si256(b, c));
    gg = exor(_mm256_and_si256(exor(f, g), e), g);
  }
  // In the order in which they are there: the message first, ss1 last, which ends the longest chain.
  d = add(add(add(d, exor(word, ahead)), ff), exor(ss1, turned));
  h = permute0(add(add(add(h, word), gg), ss1));
  b = rotl<9>(b);
  f = rotl<19>(f);
}

template <unsigned Round>
INLINE void fourSteps(Lanes* v, Lanes* w) {
  if constexpr (Round >= 12) w[(Round + 4) & 15] = expand(w, Round + 4);
  step<Round>(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], w[Round & 15], w[(Round + 4) & 15]);
  if constexpr (Round >= 12) w[(Round + 5) & 15] = expand(w, Round + 5);
  step<Round + 1>(v[3], v[0], v[1], v[2], v[7], v[4], v[5], v[6], w[(Round + 1) & 15], w[(Round + 5) & 15]);
  if constexpr (Round >= 12) w[(Round + 6) & 15] = expand(w, Round + 6);
  step<Round + 2>(v[2], v[3], v[0], v[1], v[6], v[7], v[4], v[5], w[(Round + 2) & 15], w[(Round + 6) & 15]);
  if constexpr (Round >= 12) w[(Round + 7) & 15] = expand(w, Round + 7);
  step<Round + 3>(v[1], v[2], v[3], v[0], v[5], v[6], v[7], v[4], w[(Round + 3) & 15], w[(Round + 7) & 15]);
}

template <unsigned Round>
INLINE void allSteps(Lanes* v, Lanes* w) {
  fourSteps<Round>(v, w);
  if constexpr (Round + 4 < 64) allSteps<Round + 4>(v, w);
}

/** Rows become columns: eight words of each of eight lanes in, eight registers with one word of every lane out. */
INLINE void transpose(Lanes* r) {
  Lanes t[8];
  for (int i = 0; i < 8; i += 2) {
    t[i] = _mm256_unpacklo_epi32(r[i], r[i + 1]);
    t[i + 1] = _mm256_unpackhi_epi32(r[i], r[i + 1]);
  }
  Lanes u[8];
  for (int i = 0; i < 8; i += 4) {
    u[i] = _mm256_unpacklo_epi64(t[i], t[i + 2]);
    u[i + 1] = _mm256_unpackhi_epi64(t[i], t[i + 2]);
    u[i + 2] = _mm256_unpacklo_epi64(t[i + 1], t[i + 3]);
    u[i + 3] = _mm256_unpackhi_epi64(t[i + 1], t[i + 3]);
  }
  for (int i = 0; i < 4; ++i) {
    r[i] = _mm256_permute2x128_si256(u[i], u[i + 4], 0x20);
    r[i + 4] = _mm256_permute2x128_si256(u[i], u[i + 4], 0x31);
  }
}

INLINE void loadWords(const uint8_t* const* blocks, size_t offset, Lanes* w) {
  for (int half = 0; half < 2; ++half) {
    Lanes* rows = w + 8 * half;
    for (int lane = 0; lane < 8; ++lane) {
      rows[lane] = _mm256_loadu_si256(reinterpret_cast<const Lanes*>(blocks[lane] + offset + 32 * static_cast<size_t>(half)));
    }
    transpose(rows);
    for (int i = 0; i < 8; ++i) rows[i] = swapBytes(rows[i]);
  }
}

void compressEight(Sm3State* const* states, const uint8_t* const* blocks, size_t count) {
  Lanes v[8];
  for (int lane = 0; lane < 8; ++lane) v[lane] = _mm256_loadu_si256(reinterpret_cast<const Lanes*>(states[lane]));
  transpose(v);
  for (size_t block = 0; block < count; ++block) {
    Lanes w[16];
    loadWords(blocks, block * SM3_BLOCK_BYTES, w);
    Lanes before[8];
    for (int i = 0; i < 8; ++i) before[i] = v[i];
    allSteps<0>(v, w);
    for (int i = 0; i < 8; ++i) v[i] = exor(v[i], before[i]);
  }
  transpose(v);
  for (int lane = 0; lane < 8; ++lane) _mm256_storeu_si256(reinterpret_cast<Lanes*>(states[lane]), v[lane]);
}

}  // namespace

void compressSm3Lanes(Sm3State* const* states, const uint8_t* const* blocks, size_t lanes, size_t count) {
  // Lanes without a stream do the work of the first one again, into a state that is thrown away.
  Sm3State* allStates[SM3_LANES];
  const uint8_t* allBlocks[SM3_LANES];
  alignas(32) uint8_t spare[SM3_LANES][sizeof(Sm3State)] = {};
  for (size_t lane = 0; lane < SM3_LANES; ++lane) {
    allStates[lane] = lane < lanes ? states[lane] : reinterpret_cast<Sm3State*>(spare[lane]);
    allBlocks[lane] = blocks[lane < lanes ? lane : 0];
  }
  compressEight(allStates, allBlocks, count);
}

bool hasSm3Lanes() {
  static const bool present = __builtin_cpu_supports("avx2");
  return present;
}

}  // namespace evidock
