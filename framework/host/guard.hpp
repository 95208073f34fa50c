// The one guard around every call into a plugin.
#pragma once

#include <c10/util/Exception.h>

#include <etude/error.hpp>
#include <string>
#include <utility>

namespace etude {

/// Calls `call`; whatever it throws becomes an Error that names the part and what was called, its text copied (the exception's
/// own type may live in the plugin). An Error keeps its fault and remedy; one that says that the user interrupted the program
/// passes unchanged.
/// @param part  "architecture gpt"
/// @param what  "forward"
template <class Call>
decltype(auto) guarded(const std::string& part, const char* what, Call&& call) {
  const auto where = [&] { return text("plugin ", part, " failed in ", what, "(): "); };
  try {
    return std::forward<Call>(call)();
  } catch (const Error& error) {
    if (error.fault() == Fault::interrupted) throw;  // the user's wish, not the plugin's failure
    throw Error(where() + error.message(), error.remedy(), error.fault());
  } catch (const c10::Error& error) {
    throw Error(where() + error.what_without_backtrace());
  } catch (const std::exception& error) {
    throw Error(where() + error.what());
  } catch (...) {
    throw Error(where() + "threw something that is not a std::exception");
  }
}

}  // namespace etude
