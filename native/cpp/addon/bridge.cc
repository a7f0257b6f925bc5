#include "bridge.h"

#include <cstring>
#include <optional>

#include "js.h"

namespace evidock {

/** From an engine thread to JavaScript; without progress, outcome and checkpoint it says that the engine has ended. */
struct Bridge::Message {
  uint32_t id = 0;
  std::optional<uint64_t> doneBytes;
  std::optional<Outcome> outcome;
  std::optional<Checkpoint> checkpoint;
};

namespace {

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};

napi_value objectOf(napi_env env, const Checkpoint& checkpoint) {
  const napi_value object = makeObject(env);
  set(env, object, "offset", makeSize(env, checkpoint.offset));
  const napi_value states = makeObject(env);
  for (const auto& [algorithm, state] : checkpoint.states) set(env, states, nameOf(algorithm), makeBytes(env, state));
  set(env, object, "states", states);
  set(env, object, "tailSha256", makeText(env, checkpoint.tailSha256));
  return object;
}

napi_value arrayOf(napi_env env, const std::vector<Hole>& holes) {
  napi_value array;
  check(env, napi_create_array_with_length(env, holes.size(), &array));
  for (uint32_t i = 0; i < holes.size(); ++i) {
    const napi_value hole = makeObject(env);
    set(env, hole, "offset", makeSize(env, holes[i].offset));
    set(env, hole, "lengthBytes", makeSize(env, holes[i].lengthBytes));
    check(env, napi_set_element(env, array, i, hole));
  }
  return array;
}

napi_value objectOf(napi_env env, const Outcome& outcome) {
  const napi_value object = makeObject(env);
  const auto text = [&](const char* name, const std::string& value) { set(env, object, name, makeText(env, value)); };
  const auto size = [&](const char* name, uint64_t value) { set(env, object, name, makeSize(env, value)); };
  std::visit(Overloaded{
                 [&](const Copied& copied) {
                   size("sizeBytes", copied.sizeBytes);
                   for (const auto& [algorithm, digest] : copied.digests) text(nameOf(algorithm), digest);
                   text("fingerprint", copied.fingerprint);
                   size("resumedBytes", copied.resumedBytes);
                   size("writtenBytes", copied.writtenBytes);
                   set(env, object, "unread", copied.unread ? objectOf(env, Outcome(*copied.unread)) : makeNull(env));
                   set(env, object, "holes", arrayOf(env, copied.holes));
                 },
                 [&](const Hashed& hashed) {
                   size("sizeBytes", hashed.sizeBytes);
                   text("sha256", hashed.sha256);
                   text("fingerprint", hashed.fingerprint);
                 },
                 [&](const Beginning& beginning) {
                   size("bytes", beginning.bytes);
                   for (const auto& [algorithm, digest] : beginning.digests) text(nameOf(algorithm), digest);
                 },
                 [&](const Fingerprinted& found) {
                   size("sizeBytes", found.sizeBytes);
                   text("fingerprint", found.fingerprint);
                 },
                 [&](const AtRest& held) {
                   size("sizeBytes", held.sizeBytes);
                   text("sha256", held.sha256);
                   text("readBack", held.readBack);
                 },
                 [&](const Fault& fault) {
                   text("side", fault.side == Side::source ? "source" : "target");
                   if (fault.error == 0) {
                     text("code", fault.code);
                     text("detail", fault.detail);
                   } else {
                     const char* name = strerrorname_np(fault.error);
                     const std::string known = name != nullptr ? name : "E" + std::to_string(fault.error);
                     text("error", known);
                     text("detail", known + ": " + strerrordesc_np(fault.error) + ", " + fault.detail);
                   }
                 },
                 [&](const Bug& bug) { text("bug", bug.what); },
             },
             outcome);
  return object;
}

}  // namespace

Bridge::Bridge(napi_env env, napi_value listener, size_t slots, size_t hashThreads) : env_(env) {
  check(env, napi_create_threadsafe_function(env, listener, nullptr, makeText(env, "evidock copy engine"), 0, 1, nullptr, nullptr, this, toJs,
                                             &toListener_));
  check(env, napi_unref_threadsafe_function(env, toListener_));
  engine_ = std::make_unique<Engine>(slots, hashThreads,
                                     Engine::Listener{
                                         [this](uint32_t id, uint64_t doneBytes) { post(new Message{id, doneBytes, std::nullopt, std::nullopt}); },
                                         [this](uint32_t id, const Checkpoint& checkpoint) { post(new Message{id, std::nullopt, std::nullopt, checkpoint}); },
                                         [this](uint32_t id, Outcome outcome) { post(new Message{id, std::nullopt, std::move(outcome), std::nullopt}); },
                                     });
  check(env, napi_add_env_cleanup_hook(env, atExit, this));
}

Bridge::~Bridge() {
  if (!ended_) napi_remove_env_cleanup_hook(env_, atExit, this);
  end();
}

/** The process ends: hooks run last added first, so the way to JavaScript is still there while the jobs are stopped. */
void Bridge::atExit(void* bridge) { static_cast<Bridge*>(bridge)->end(); }

void Bridge::end() {
  if (ended_) return;
  ended_ = true;
  if (closer_.joinable()) closer_.join();
  engine_.reset();
  napi_release_threadsafe_function(toListener_, napi_tsfn_abort);
}

void Bridge::post(Message* message) {
  // Refused only when JavaScript is being torn down; then nobody waits for the message.
  if (napi_call_threadsafe_function(toListener_, message, napi_tsfn_nonblocking) != napi_ok) delete message;
}

void Bridge::hold() {
  underWay_ += 1;
  if (underWay_ == 1) check(env_, napi_ref_threadsafe_function(env_, toListener_));
}

void Bridge::letGo() {
  underWay_ -= 1;
  if (underWay_ == 0) check(env_, napi_unref_threadsafe_function(env_, toListener_));
}

void Bridge::submit(uint32_t id, Job job, bool aborted) {
  if (closing_) throw JsFailure{"the copy engine is closed"};
  engine_->submit(id, std::move(job), aborted);
  // The outcome cannot have been told yet: that takes this thread.
  hold();
}

void Bridge::abort(uint32_t id) {
  // A closing engine has stopped everything already, and is not to be touched from here.
  if (!closing_) engine_->abort(id);
}

void Bridge::close() {
  if (closing_) return;
  closing_ = true;
  hold();
  closer_ = std::thread([this] {
    engine_.reset();
    post(new Message{});
  });
}

void Bridge::toJs(napi_env env, napi_value listener, void* context, void* data) {
  const std::unique_ptr<Message> message(static_cast<Message*>(data));
  if (env == nullptr) return;
  guarded(env, [&]() -> napi_value {
    napi_value undefined;
    check(env, napi_get_undefined(env, &undefined));
    napi_value arguments[] = {makeSize(env, message->id), undefined, undefined, undefined};
    if (message->doneBytes) arguments[1] = makeSize(env, *message->doneBytes);
    if (message->outcome) arguments[2] = objectOf(env, *message->outcome);
    if (message->checkpoint) arguments[3] = objectOf(env, *message->checkpoint);
    if (!message->doneBytes && !message->checkpoint) static_cast<Bridge*>(context)->letGo();
    check(env, napi_call_function(env, undefined, listener, std::size(arguments), arguments, nullptr));
    return nullptr;
  });
  // A listener that throws is a bug. Left alone, Node would only warn of it.
  bool pending = false;
  napi_value thrown;
  if (napi_is_exception_pending(env, &pending) != napi_ok || !pending) return;
  if (napi_get_and_clear_last_exception(env, &thrown) == napi_ok) napi_fatal_exception(env, thrown);
}

}  // namespace evidock
