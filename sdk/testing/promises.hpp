// What the suites share: a list of broken promises that grows.
#pragma once

#include <etude/testing.hpp>

namespace etude::testing {

class Promises {
 public:
  /// @param promise  a sentence that is true of a good part
  void expect(bool kept, const std::string& promise) {
    if (!kept) broken_.push_back(promise);
  }

  /// Runs a part of the suite; what it throws breaks `promise`.
  template <class Check>
  void section(const std::string& promise, Check check) {
    try {
      check();
    } catch (const std::exception& error) {
      broken_.push_back(promise + ": " + error.what());
    } catch (...) {
      broken_.push_back(promise + ": something that is not a std::exception was thrown");
    }
  }

  /// Expects that `call` throws an Error, and nothing else.
  template <class Call>
  void expect_error(const std::string& promise, Call call) {
    bool refused = false;
    try {
      call();
    } catch (const Error&) {
      refused = true;
    } catch (...) {
    }
    expect(refused, promise);
  }

  BrokenPromises take() { return std::move(broken_); }

 private:
  BrokenPromises broken_;
};

}  // namespace etude::testing
