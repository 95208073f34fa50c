// Whether the parts of a plugin keep the promises of their interfaces, as the SDK's suites try them (etude/testing.hpp).
#pragma once

#include <host/catalogue.hpp>
#include <map>

namespace etude {

/// What trying one part came to.
struct PartTrial {
  Kind kind;
  std::string id;
  std::vector<std::string> broken;     ///< promises, a sentence each
  std::vector<std::string> not_tried;  ///< what was left out, and why
};

/// Tries every part of the plugin with small models and texts of its own, on the CPU. A part whose required options are not given
/// is not made, and a metric is made but not tried: that takes a trained model.
/// @param options  by the part's id, checked; what is not given is at its default
/// @param scratch  an empty folder, where datasets may keep converted files
std::vector<PartTrial> try_parts(const PluginFile& plugin, const std::map<std::string, Table>& options,
                                 const std::filesystem::path& scratch);

}  // namespace etude
