#include <base/system.hpp>
#include <cstring>
#include <host/handshake.hpp>

namespace etude {
namespace {

// What API minor 0 had: no plugin has less.
constexpr std::uint32_t first_entry_size = offsetof(EtudePluginEntry, register_parts) + sizeof(EtudePluginEntry::register_parts);

struct Difference {
  std::string field, plugin, program;
};

std::string yes_or_no(std::uint32_t flag) { return flag ? "yes" : "no"; }
std::string text_or(const char* given) { return given ? given : "(not said)"; }

std::vector<Difference> differences(const EtudePluginEntry& plugin, const EtudePluginEntry& program) {
  const std::vector<Difference> fields = {
      {"SDK", text_or(plugin.sdk_version), text_or(program.sdk_version)},
      {"LibTorch", text_or(plugin.libtorch_version), text_or(program.libtorch_version)},
      {"compiler", text_or(plugin.compiler), text_or(program.compiler)},
      {"standard library", text_or(plugin.standard_library), text_or(program.standard_library)},
      {"C++11 string ABI", yes_or_no(plugin.cxx11_abi), yes_or_no(program.cxx11_abi)},
      {"address sanitizer", yes_or_no(plugin.address_sanitizer), yes_or_no(program.address_sanitizer)},
      {"debug containers", yes_or_no(plugin.debug_containers), yes_or_no(program.debug_containers)},
  };
  std::vector<Difference> differing;
  for (const auto& field : fields)
    if (field.plugin != field.program) differing.push_back(field);
  return differing;
}

std::string padded(const std::string& word, std::size_t width) { return word + std::string(width - word.size(), ' '); }

std::string table(const std::vector<Difference>& rows) {
  std::size_t first = 0, second = std::strlen("plugin");
  for (const auto& row : rows) {
    first = std::max(first, row.field.size());
    second = std::max(second, row.plugin.size());
  }
  std::string out = padded("", first) + "  " + padded("plugin", second) + "  this program";
  for (const auto& row : rows) out += '\n' + padded(row.field, first) + "  " + padded(row.plugin, second) + "  " + row.program;
  return out;
}

void check_version(const EtudePluginEntry& entry) {
  if (entry.api_major == ETUDE_API_MAJOR && entry.api_minor <= ETUDE_API_MINOR) return;
  throw Error(text("made for plugin API ", entry.api_major, '.', entry.api_minor, ", this program has ", ETUDE_API_MAJOR, '.',
                   ETUDE_API_MINOR),
              rebuild_remedy());
}

}  // namespace

std::string rebuild_remedy() {
  const std::string prefix = program_path().parent_path().parent_path().string();
  return text("rebuild it against the SDK in ", prefix, ": cmake -S <plugin> -B build -DCMAKE_PREFIX_PATH=", prefix,
              " && cmake --build build");
}

EtudePluginEntry own_entry() { return entry_of_this_build("etude", ETUDE_SDK_VERSION, nullptr); }

EtudePluginEntry accept_entry(const void* opaque) {
  std::uint32_t size = 0;
  std::memcpy(&size, opaque, sizeof size);
  // Size, major and minor number stand first in every version, so that this much can always be read.
  EtudePluginEntry entry{};
  std::memcpy(&entry, opaque, std::min<std::size_t>(std::max(size, std::uint32_t{3 * sizeof(std::uint32_t)}), sizeof entry));
  check_version(entry);
  if (size < first_entry_size)
    throw Error(text("its entry has ", size, " bytes, and the smallest ever used has ", first_entry_size), rebuild_remedy());
  const auto differing = differences(entry, own_entry());
  if (differing.size() == 1)
    throw Error(text("built with ", differing[0].field, ' ', differing[0].plugin, ", this program runs ", differing[0].program),
                rebuild_remedy());
  if (!differing.empty()) throw Error("built differently from this program", table(differing) + '\n' + rebuild_remedy());
  if (!entry.plugin_id || !*entry.plugin_id || !entry.plugin_version || !entry.register_parts)
    throw Error("its entry names no id, version or registration", "define the plugin with ETUDE_PLUGIN(id, version, registry)");
  return entry;
}

}  // namespace etude
