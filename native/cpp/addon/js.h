#pragma once
#include <node_api.h>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace evidock {

/** Thrown inside the add-on when Node-API said no; `guarded` turns it into a JavaScript exception. */
struct JsFailure {
  std::string what;
};

void check(napi_env env, napi_status status);

/** Runs a function called by JavaScript; no C++ exception gets past it. */
template <class Act>
napi_value guarded(napi_env env, Act act) noexcept {
  try {
    return act();
  } catch (const JsFailure& failure) {
    bool pending = false;
    if (napi_is_exception_pending(env, &pending) == napi_ok && !pending) napi_throw_error(env, nullptr, failure.what.c_str());
  } catch (const std::exception& error) {
    napi_throw_error(env, nullptr, error.what());
  }
  return nullptr;
}

std::vector<napi_value> argumentsOf(napi_env env, napi_callback_info info, size_t count);

napi_value property(napi_env env, napi_value object, const char* name);
std::string textOf(napi_env env, napi_value value);
std::span<const uint8_t> bytesOf(napi_env env, napi_value value);
std::string pathOf(napi_env env, napi_value value);
bool isNull(napi_env env, napi_value value);
bool flagOf(napi_env env, napi_value value);
uint32_t idOf(napi_env env, napi_value value);
uint64_t sizeOf(napi_env env, napi_value value);
int64_t nanosecondsOf(napi_env env, napi_value value);
uint32_t lengthOf(napi_env env, napi_value array);
napi_value elementOf(napi_env env, napi_value array, uint32_t index);

napi_value makeText(napi_env env, const std::string& text);
napi_value makeSize(napi_env env, uint64_t bytes);
napi_value makeBytes(napi_env env, std::span<const uint8_t> bytes);
napi_value makeNull(napi_env env);
napi_value makeObject(napi_env env);
void set(napi_env env, napi_value object, const char* name, napi_value value);

}  // namespace evidock
