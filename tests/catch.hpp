// Catch2, version 2 or 3. Include it after LibTorch's headers: both define CHECK, and tests mean Catch2's.
#pragma once

#ifdef CHECK
#undef CHECK
#endif

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>

// Version 2's names, which the tests use.
using Catch::Approx;
namespace Catch {
inline auto Contains(const std::string& text) { return Matchers::ContainsSubstring(text); }
using Matchers::EndsWith;
using Matchers::Equals;
using Matchers::StartsWith;
}  // namespace Catch
#else
#include <catch2/catch.hpp>
#include <iostream>

/// Ends a test case that cannot run here, saying why; CTest counts it as skipped. Version 3 brings its own.
#define SKIP(message)                                 \
  do {                                                \
    std::cout << "SKIPPED: " << message << std::endl; \
    return;                                           \
  } while (false)
#endif
