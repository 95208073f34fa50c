// The SDK's template under a name of its own: what `etude plugin new` writes.
#pragma once

#include <string>
#include <vector>

namespace etude {

struct TemplateFile {
  std::string name;
  std::string content;
};

/// The files of a plugin that offers an architecture called `name`.
/// @throws Error (usage) if it cannot be the name of a part, of a C++ file and of a CMake target at once
std::vector<TemplateFile> plugin_template(const std::string& name);

}  // namespace etude
