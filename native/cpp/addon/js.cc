#include "js.h"

#include <algorithm>

namespace evidock {

void check(napi_env env, napi_status status) {
  if (status == napi_ok) return;
  const napi_extended_error_info* info = nullptr;
  napi_get_last_error_info(env, &info);
  throw JsFailure{info != nullptr && info->error_message != nullptr ? info->error_message : "Node-API call failed"};
}

std::vector<napi_value> argumentsOf(napi_env env, napi_callback_info info, size_t count) {
  std::vector<napi_value> values(count);
  size_t given = count;
  check(env, napi_get_cb_info(env, info, &given, values.data(), nullptr, nullptr));
  if (given < count) throw JsFailure{"too few arguments"};
  return values;
}

napi_value property(napi_env env, napi_value object, const char* name) {
  napi_value value;
  check(env, napi_get_named_property(env, object, name, &value));
  return value;
}

std::string textOf(napi_env env, napi_value value) {
  size_t length = 0;
  check(env, napi_get_value_string_utf8(env, value, nullptr, 0, &length));
  std::string text(length, '\0');
  check(env, napi_get_value_string_utf8(env, value, text.data(), length + 1, &length));
  return text;
}

std::span<const uint8_t> bytesOf(napi_env env, napi_value value) {
  napi_typedarray_type type;
  size_t length = 0;
  void* data = nullptr;
  check(env, napi_get_typedarray_info(env, value, &type, &length, &data, nullptr, nullptr));
  if (type != napi_uint8_array) throw JsFailure{"a Uint8Array is wanted"};
  return {static_cast<const uint8_t*>(data), length};
}

std::string pathOf(napi_env env, napi_value value) {
  const auto bytes = bytesOf(env, value);
  std::string path(bytes.begin(), bytes.end());
  // The system would take such a path for a shorter one.
  if (path.empty() || path.find('\0') != std::string::npos) throw JsFailure{"a path has no zero byte and is not empty"};
  return path;
}

bool isNull(napi_env env, napi_value value) {
  napi_valuetype type;
  check(env, napi_typeof(env, value, &type));
  return type == napi_null;
}

bool flagOf(napi_env env, napi_value value) {
  bool flag = false;
  check(env, napi_get_value_bool(env, value, &flag));
  return flag;
}

uint32_t idOf(napi_env env, napi_value value) {
  uint32_t id = 0;
  check(env, napi_get_value_uint32(env, value, &id));
  return id;
}

uint64_t sizeOf(napi_env env, napi_value value) {
  int64_t size = 0;
  check(env, napi_get_value_int64(env, value, &size));
  if (size < 0) throw JsFailure{"a size is not negative"};
  return static_cast<uint64_t>(size);
}

int64_t nanosecondsOf(napi_env env, napi_value value) {
  int64_t nanoseconds = 0;
  bool lossless = false;
  check(env, napi_get_value_bigint_int64(env, value, &nanoseconds, &lossless));
  if (!lossless) throw JsFailure{"a time does not fit 64 bits"};
  return nanoseconds;
}

uint32_t lengthOf(napi_env env, napi_value array) {
  uint32_t length = 0;
  check(env, napi_get_array_length(env, array, &length));
  return length;
}

napi_value elementOf(napi_env env, napi_value array, uint32_t index) {
  napi_value element;
  check(env, napi_get_element(env, array, index, &element));
  return element;
}

napi_value makeText(napi_env env, const std::string& text) {
  napi_value value;
  check(env, napi_create_string_utf8(env, text.data(), text.size(), &value));
  return value;
}

napi_value makeSize(napi_env env, uint64_t bytes) {
  napi_value value;
  check(env, napi_create_int64(env, static_cast<int64_t>(bytes), &value));
  return value;
}

napi_value makeBytes(napi_env env, std::span<const uint8_t> bytes) {
  void* data = nullptr;
  napi_value buffer;
  check(env, napi_create_arraybuffer(env, bytes.size(), &data, &buffer));
  std::ranges::copy(bytes, static_cast<uint8_t*>(data));
  napi_value value;
  check(env, napi_create_typedarray(env, napi_uint8_array, bytes.size(), buffer, 0, &value));
  return value;
}

napi_value makeNull(napi_env env) {
  napi_value value;
  check(env, napi_get_null(env, &value));
  return value;
}

napi_value makeObject(napi_env env) {
  napi_value value;
  check(env, napi_create_object(env, &value));
  return value;
}

void set(napi_env env, napi_value object, const char* name, napi_value value) {
  check(env, napi_set_named_property(env, object, name, value));
}

}  // namespace evidock
