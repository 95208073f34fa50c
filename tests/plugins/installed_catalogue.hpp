// The plugins of this build, loaded as the program loads them.
#pragma once

#include <cstdlib>
#include <host/catalogue.hpp>

namespace etude::test {

inline const Catalogue& catalogue() {
  static const Catalogue loaded = Catalogue::load({{std::getenv("ETUDE_PLUGINS"), "the test"}});
  return loaded;
}

}  // namespace etude::test
