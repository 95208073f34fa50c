// Python with h5py, which reads records by itself: not every machine has it.
#pragma once

#include <base/text.hpp>
#include <catch.hpp>
#include <cstdlib>

namespace etude::testing {

inline bool has_h5py() {
  return std::system(text(std::getenv("ETUDE_TEST_PYTHON"), " -c 'import h5py' 2> /dev/null").c_str()) == 0;
}

inline void need_h5py() {
  if (!has_h5py()) SKIP("no Python with h5py (tools/setup --tests makes one)");
}

}  // namespace etude::testing
