// Compiled with -mavx512f -mavx512vl.
#include "sm3-lanes.inc"

namespace evidock {

void compressSm3Avx512(Sm3State* const* states, const uint8_t* const* blocks, size_t lanes, size_t count) {
  compressLanes(states, blocks, lanes, count);
}

}  // namespace evidock
