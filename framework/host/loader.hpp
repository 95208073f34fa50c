// One library file into what it offers, in three steps; see sdk/README.md.
#pragma once

#include <host/catalogue.hpp>

namespace etude {

/// Loads the plugin in `file`: (1) the file is a whole library with a plugin entry of this API version, said without running its
/// code; (2) it can be opened; (3) it was built as this program was. Then it registers its parts, all or none.
/// @param file  absolute
/// @throws Error whose message continues "cannot load plugin FILE: "
PluginFile load_plugin(const std::filesystem::path& file);

/// The dynamic loader's complaint in the words of someone who builds plugins.
Error explain_loader(const std::string& complaint);

}  // namespace etude
