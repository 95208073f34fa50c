#include <base/version.hpp>
#include <source_version.hpp>

namespace etude {

std::string source_commit() { return ETUDE_SOURCE_COMMIT; }
bool source_dirty() { return ETUDE_SOURCE_DIRTY; }

}  // namespace etude
