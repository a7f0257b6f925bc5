#include <algorithm>
#include <cstring>

#include "bridge.h"
#include "js.h"

// What JavaScript sees; described for TypeScript in native/compiled/addon.ts.
namespace evidock {

namespace {

/** Raised with every change of what is passed between the two languages. */
constexpr int INTERFACE = 6;

std::string engineId() {
  std::string id = "native-1 sources-" EVIDOCK_SOURCES " libcrypto-" + libcryptoVersion();
  id += hasShaInstructions() ? " sha-ni" : " sha-plain";
  id += std::string(" sm3-") + (sm3Lanes().empty() ? "plain" : sm3Lanes().front().name);
  return id;
}

Bridge& bridgeOf(napi_env env, napi_value value) {
  void* bridge = nullptr;
  check(env, napi_get_value_external(env, value, &bridge));
  return *static_cast<Bridge*>(bridge);
}

napi_value open(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const auto arguments = argumentsOf(env, info, 3);
    auto bridge = std::make_unique<Bridge>(env, arguments[2], idOf(env, arguments[0]), idOf(env, arguments[1]));
    napi_value handle;
    const auto finalize = [](napi_env, void* data, void*) { delete static_cast<Bridge*>(data); };
    check(env, napi_create_external(env, bridge.get(), finalize, nullptr, &handle));
    bridge.release();
    return handle;
  });
}

HashState stateOf(napi_env env, napi_value value) {
  const auto bytes = bytesOf(env, value);
  HashState state;
  if (bytes.size() != state.size()) throw JsFailure{"a state has 32 bytes"};
  std::ranges::copy(bytes, state.begin());
  return state;
}

Algorithm algorithmOf(napi_env env, napi_value value) {
  const std::string name = textOf(env, value);
  for (const Algorithm algorithm : {Algorithm::sha256, Algorithm::sm3, Algorithm::md5, Algorithm::xxh64}) {
    if (name == nameOf(algorithm)) return algorithm;
  }
  throw JsFailure{"no such hash: " + name};
}

std::vector<Algorithm> algorithmsOf(napi_env env, napi_value array) {
  std::vector<Algorithm> algorithms;
  for (uint32_t i = 0; i < lengthOf(env, array); ++i) algorithms.push_back(algorithmOf(env, elementOf(env, array, i)));
  return algorithms;
}

uint64_t everyOf(napi_env env, napi_value value) {
  const uint64_t bytes = sizeOf(env, value);
  if (bytes % BLOCK_BYTES != 0) throw JsFailure{"checkpoints are whole blocks apart"};
  return bytes;
}

/** With a state for each hash of the copy. */
std::optional<Checkpoint> checkpointOf(napi_env env, napi_value value, const std::vector<Algorithm>& hashes) {
  if (isNull(env, value)) return std::nullopt;
  Checkpoint checkpoint{sizeOf(env, property(env, value, "offset")), {}, textOf(env, property(env, value, "tailSha256"))};
  const napi_value states = property(env, value, "states");
  for (const Algorithm hash : hashes) checkpoint.states[hash] = stateOf(env, property(env, states, nameOf(hash)));
  return checkpoint;
}

Job jobOf(napi_env env, napi_value object) {
  const std::string what = textOf(env, property(env, object, "do"));
  const auto path = [&](const char* name) { return pathOf(env, property(env, object, name)); };
  if (what == "copy") {
    std::vector<Algorithm> hashes = algorithmsOf(env, property(env, object, "hashes"));
    return CopyJob{path("source"), path("target"), sizeOf(env, property(env, object, "listedBytes")),
                   nanosecondsOf(env, property(env, object, "listedMtimeNs")), everyOf(env, property(env, object, "checkpointBytes")),
                   checkpointOf(env, property(env, object, "checkpoint"), hashes), flagOf(env, property(env, object, "salvage")),
                   flagOf(env, property(env, object, "device")), hashes};
  }
  if (what == "hash-beginning") {
    return BeginningJob{path("source"), sizeOf(env, property(env, object, "listedBytes")),
                        nanosecondsOf(env, property(env, object, "listedMtimeNs")), sizeOf(env, property(env, object, "bytes")),
                        algorithmsOf(env, property(env, object, "hashes"))};
  }
  if (what == "hash") return HashJob{path("source")};
  if (what == "fingerprint") return FingerprintJob{path("source")};
  if (what == "hash-at-rest") return AtRestJob{path("file"), flagOf(env, property(env, object, "provenFileSystem"))};
  throw JsFailure{"no such job: " + what};
}

napi_value submit(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    const auto arguments = argumentsOf(env, info, 4);
    bridgeOf(env, arguments[0]).submit(idOf(env, arguments[1]), jobOf(env, arguments[2]), flagOf(env, arguments[3]));
    return nullptr;
  });
}

napi_value abort(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    const auto arguments = argumentsOf(env, info, 2);
    bridgeOf(env, arguments[0]).abort(idOf(env, arguments[1]));
    return nullptr;
  });
}

napi_value close(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    bridgeOf(env, argumentsOf(env, info, 1)[0]).close();
    return nullptr;
  });
}

/** Always one of the ways by its name, the best one when it makes a difference (`several`), or none. */
std::pair<LaneUse, const Sm3Lanes*> lanesOf(const std::string& text) {
  for (const Sm3Lanes& lanes : sm3Lanes()) {
    if (text == lanes.name) return {LaneUse::always, &lanes};
  }
  return {LaneUse::whenSeveral, text == "several" && !sm3Lanes().empty() ? sm3Lanes().data() : nullptr};
}

/** SM3 of several streams at once, each given as its pieces, through the same pool that the engine uses. For tests and benchmarks. */
napi_value digests(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const auto arguments = argumentsOf(env, info, 4);
    const uint32_t count = lengthOf(env, arguments[1]);
    std::vector<HashStream> streams;
    for (uint32_t i = 0; i < count; ++i) streams.emplace_back(algorithmOf(env, arguments[0]));
    std::vector<BlockRing> rings(count);
    {
      const auto [use, lanes] = lanesOf(textOf(env, arguments[2]));
      HashPool pool(idOf(env, arguments[3]), use, lanes);
      bool more = true;
      for (uint32_t piece = 0; more; ++piece) {
        more = false;
        for (uint32_t i = 0; i < count; ++i) {
          const napi_value pieces = elementOf(env, arguments[1], i);
          if (piece >= lengthOf(env, pieces)) continue;
          more = true;
          const auto bytes = bytesOf(env, elementOf(env, pieces, piece));
          if (bytes.empty()) continue;
          if (bytes.size() > BLOCK_BYTES) throw JsFailure{"a piece is at most a block"};
          Block& block = rings[i].next();
          std::memcpy(block.memory.get(), bytes.data(), bytes.size());
          block.lengthBytes = bytes.size();
          rings[i].publish(block, 1);
          pool.give(streams[i], block);
        }
      }
      for (BlockRing& ring : rings) ring.drain();
    }
    napi_value results;
    check(env, napi_create_array_with_length(env, count, &results));
    for (uint32_t i = 0; i < count; ++i) check(env, napi_set_element(env, results, i, makeText(env, streams[i].hexDigest())));
    return results;
  });
}

void expose(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value function;
  check(env, napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function));
  set(env, exports, name, function);
}

napi_value sm3LaneNames(napi_env env) {
  napi_value names;
  check(env, napi_create_array(env, &names));
  for (const Sm3Lanes& lanes : sm3Lanes()) check(env, napi_set_element(env, names, lengthOf(env, names), makeText(env, lanes.name)));
  return names;
}

napi_value describe(napi_env env, napi_value exports) {
  return guarded(env, [&] {
    set(env, exports, "interface", makeSize(env, INTERFACE));
    set(env, exports, "id", makeText(env, engineId()));
    set(env, exports, "libcrypto", makeText(env, libcryptoVersion()));
    set(env, exports, "sm3", makeText(env, SM3_VERSION));
    set(env, exports, "sm3Lanes", sm3LaneNames(env));
    set(env, exports, "xxh64", makeText(env, XXH64_VERSION));
    expose(env, exports, "open", open);
    expose(env, exports, "submit", submit);
    expose(env, exports, "abort", abort);
    expose(env, exports, "close", close);
    expose(env, exports, "digests", digests);
    return exports;
  });
}

}  // namespace

}  // namespace evidock

NAPI_MODULE_INIT() { return evidock::describe(env, exports); }
