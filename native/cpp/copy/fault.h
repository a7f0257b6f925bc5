#pragma once
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace evidock {

/** On whose side a system call failed: the camera's, or the vault's. */
enum class Side { source, target };

/**
 * Why a job ended without its result. Either a system error (`error` set) on one side, which the caller turns into a code of
 * the contract, or a code of the contract that the engine itself came to.
 */
struct Fault {
  Side side = Side::source;
  int error = 0;
  std::string code;
  std::string detail;
};

/** `error` is the errno of the call, taken before anything else could change it. */
inline Fault systemFault(Side side, int error, const char* call) { return {side, error, "", call}; }
inline Fault sourceFault(std::string code, std::string detail) { return {Side::source, 0, std::move(code), std::move(detail)}; }
inline Fault targetFault(std::string code, std::string detail) { return {Side::target, 0, std::move(code), std::move(detail)}; }

/** An expected failure is a value; only a bug throws. */
template <class T>
class Result {
 public:
  Result(T value) : held_(std::move(value)) {}
  Result(Fault fault) : held_(std::move(fault)) {}
  bool ok() const { return held_.index() == 0; }
  T& value() { return std::get<0>(held_); }
  const Fault& fault() const { return std::get<1>(held_); }

 private:
  std::variant<T, Fault> held_;
};

using MaybeFault = std::optional<Fault>;

}  // namespace evidock
