#include <etude/document.hpp>

namespace etude {

const char* name(Split split) {
  constexpr const char* names[] = {"train", "validation", "test"};
  return names[static_cast<int>(split)];
}

// Destructors stand here so that each base class has one vtable and one typeinfo, in libetude_sdk.so.
DocumentSource::~DocumentSource() = default;

}  // namespace etude
