#pragma once
#include <pthread.h>

namespace evidock {

/** What this thread is called where threads are listed (`top -H`, /proc/PID/task); at most 15 characters. */
inline void nameThread(const char* name) { ::pthread_setname_np(::pthread_self(), name); }

}  // namespace evidock
