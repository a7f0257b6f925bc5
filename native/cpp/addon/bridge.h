#pragma once
#include <node_api.h>

#include <memory>
#include <thread>

#include "../engine.h"

namespace evidock {

/**
 * One engine and the way from its threads to JavaScript. Lives until JavaScript let go of it, and the engine until it was
 * closed or the process ends. Keeps the event loop alive only while a job is under way. All but the engine's calls are
 * made on JavaScript's thread.
 */
class Bridge {
 public:
  Bridge(napi_env env, napi_value listener, size_t slots, size_t hashThreads);
  ~Bridge();
  Bridge(const Bridge&) = delete;
  Bridge& operator=(const Bridge&) = delete;

  void submit(uint32_t id, Job job, bool aborted);
  void abort(uint32_t id);
  /** Ends the engine on a thread of its own, then tells the listener with id 0. */
  void close();

 private:
  struct Message;
  static void toJs(napi_env env, napi_value listener, void* context, void* data);
  static void atExit(void* bridge);
  void post(Message* message);
  void hold();
  void letGo();
  void end();

  napi_env env_;
  napi_threadsafe_function toListener_ = nullptr;
  std::unique_ptr<Engine> engine_;
  std::thread closer_;
  size_t underWay_ = 0;
  bool closing_ = false;
  bool ended_ = false;
};

}  // namespace evidock
